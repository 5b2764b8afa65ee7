package chat.switchboard.twilio;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The keywords by which a person stops and starts texts from a number
 * (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out). Twilio answers these keywords
 * itself.
 *
 * <p>Twilio recognises a keyword only in its plain form. A person may stop texts "in any reasonable
 * manner" (47 CFR 64.1200(a)(10), which also names {@code opt out}), so Switchboard also accepts a
 * STOP with a full stop, an exclamation mark or quotes, in full-width letters, or with invisible
 * characters.
 */
enum Keyword {
  STOP,
  START,
  /** START from a person who has opted out, and an ordinary text from everyone else. */
  YES,
  HELP;

  private static final Set<String> STOP_WORDS =
      Set.of("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT");

  /** STOP words that people write as two words. */
  private static final Set<String> STOP_PHRASES = Set.of("OPT OUT", "STOP ALL");

  private static final Set<String> START_WORDS = Set.of("START", "UNSTOP");
  private static final Set<String> HELP_WORDS = Set.of("HELP", "INFO");

  /** Words that only mean to stop texts, at any place in a text. */
  private static final Set<String> PLAIN_STOP_WORDS =
      Set.of("STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT");

  /** Words beside a keyword that has other meanings too, such as {@code END}. */
  private static final Set<String> BESIDE_STOP =
      Set.of(
          "PLEASE",
          "PLS",
          "PLZ",
          "NOW",
          "IT",
          "THIS",
          "ALL",
          "ME",
          "TEXTS",
          "TEXTING",
          "MESSAGES",
          "MESSAGING",
          "SMS",
          "THANKS",
          "THANK",
          "YOU",
          "THX",
          "THESE");

  /** A plain STOP word counts anywhere in a text of at most this many words. */
  private static final int SHORT_TEXT = 5;

  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cf}\\p{Cc}\\uFE00-\\uFE0F&&[^\\s]]");
  private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");
  private static final Pattern GAP = Pattern.compile("[\\s\\p{Z}\\p{Pd}_]+");

  private static final Pattern NO_LETTER = Pattern.compile("[^\\p{L}\\p{N}]+");

  /**
   * Returns the keyword that a whole text consists of.
   *
   * @param body the text
   * @param optOutType the keyword that Twilio recognised, if Advanced Opt-Out has other words
   */
  static Optional<Keyword> of(Optional<String> body, Optional<String> optOutType) {
    String word = plain(body.orElse(""));
    String type = optOutType.orElse("").toUpperCase(Locale.ROOT);
    if (type.equals("STOP") || isStop(unmarked(word))) {
      return Optional.of(STOP);
    }
    if (word.equals("YES")) {
      return Optional.of(YES);
    }
    if (type.equals("START") || START_WORDS.contains(word)) {
      return Optional.of(START);
    }
    if (START_WORDS.contains(unmarked(word))) {
      // Twilio does not recognise a START with punctuation: only a person who has opted out here
      // means the keyword.
      return Optional.of(YES);
    }
    return type.equals("HELP") || HELP_WORDS.contains(word) ? Optional.of(HELP) : Optional.empty();
  }

  /**
   * Returns the keyword that the title of a tapped button, or of a chosen line of a list, consists
   * of. The titles Cancel, End, Quit, Help and Info answer the question above the button, and are
   * no keywords; Stop and Unsubscribe are.
   *
   * @param optOutType the keyword that Twilio recognised, in any case
   */
  static Optional<Keyword> ofChoice(Optional<String> title, Optional<String> optOutType) {
    Optional<Keyword> keyword = of(title, optOutType);
    return optOutType.isPresent() || keyword.isEmpty() || isPlain(keyword.get(), title.orElse(""))
        ? keyword
        : Optional.empty();
  }

  private static boolean isPlain(Keyword keyword, String title) {
    return switch (keyword) {
      case STOP -> choiceAsksToStop(title);
      case HELP -> false;
      case START, YES -> true;
    };
  }

  /** Whether the title of a choice asks to stop texts. */
  static boolean choiceAsksToStop(String title) {
    return asksToStop(title) && words(title).anyMatch(PLAIN_STOP_WORDS::contains);
  }

  private static Stream<String> words(String text) {
    return NO_LETTER
        .splitAsStream(
            plain(text)
                .replace("OPT OUT", "OPTOUT")
                .replace("OPT-OUT", "OPTOUT")
                .replace("STOP ALL", "STOPALL"))
        .filter(word -> !word.isEmpty());
  }

  /**
   * Whether a text that is not a keyword asks to stop texts, such as {@code stop please}. Such a
   * text is not an opt-out but a message for the owner; an agent must not answer this message.
   */
  static boolean asksToStop(String body) {
    List<String> words = words(body).limit(SHORT_TEXT + 1L).toList();
    if (words.isEmpty()) {
      return false;
    }
    boolean isShort = words.size() <= SHORT_TEXT;
    return PLAIN_STOP_WORDS.contains(words.get(0))
        || (isShort && words.stream().anyMatch(PLAIN_STOP_WORDS::contains))
        || (isShort
            && words.stream().anyMatch(STOP_WORDS::contains)
            && words.stream().allMatch(w -> STOP_WORDS.contains(w) || BESIDE_STOP.contains(w)));
  }

  private static boolean isStop(String word) {
    return STOP_WORDS.contains(word) || STOP_PHRASES.contains(GAP.matcher(word).replaceAll(" "));
  }

  /** Capital letters in their plain form, without invisible characters. */
  private static String plain(String body) {
    String visible = INVISIBLE.matcher(body).replaceAll("");
    String normal = Normalizer.normalize(visible, Normalizer.Form.NFKC);
    // Turkish keyboards have an I with a dot; toUpperCase turns the dotless letter into I.
    String upper = normal.toUpperCase(Locale.ROOT).replace('\u0130', 'I');
    return SPACE.matcher(upper).replaceAll(" ").strip();
  }

  private static String unmarked(String word) {
    int from = 0;
    int to = word.length();
    while (from < to && isMark(word.charAt(from))) {
      from++;
    }
    while (to > from && isMark(word.charAt(to - 1))) {
      to--;
    }
    return word.substring(from, to);
  }

  /**
   * Full stops, exclamation marks and quotes; not the question mark, which makes the word a
   * question.
   */
  private static boolean isMark(char c) {
    return Character.isWhitespace(c)
        || ".!,;:\u3002\u00A1\u2026\"'`*_~-".indexOf(c) >= 0
        || switch (Character.getType(c)) {
          case Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION ->
              true;
          default -> false;
        };
  }
}
