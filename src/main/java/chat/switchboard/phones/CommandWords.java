package chat.switchboard.phones;

import jakarta.enterprise.context.ApplicationScoped;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Recognises commands: a whole text that is a configured word or the number of a list. */
@ApplicationScoped
class CommandWords {

  /** The number of conversations in a list. */
  static final int LISTED = 5;

  /** A longer text is no command; a word of many combining characters has this length at most. */
  private static final int LONGEST = 200;

  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cf}\\p{Cc}\\uFE00-\\uFE0F&&[^\\s]]");
  private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");

  private final CommandsConfig config;
  private final Set<String> newWords;
  private final Set<String> listWords;
  private final Set<String> helpWords;
  private final Set<String> unlinkWords;

  CommandWords(CommandsConfig config) {
    this.config = config;
    this.newWords = plain(config.newWords().orElse(List.of()));
    this.listWords = plain(config.listWords().orElse(List.of()));
    this.helpWords = plain(config.helpWords().orElse(List.of()));
    this.unlinkWords = plain(config.unlinkWords().orElse(List.of()));
  }

  /** Returns the command that a whole text is. */
  Optional<Command> read(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    String word = plain(text);
    if (word.isEmpty()) {
      return Optional.empty();
    }
    if (unlinkWords.contains(word)) {
      return Optional.of(new Command.Unlink());
    }
    if (!config.enabled()) {
      return Optional.empty();
    }
    if (newWords.contains(word)) {
      return Optional.of(new Command.New());
    }
    if (listWords.contains(word)) {
      return Optional.of(new Command.ListConversations());
    }
    return helpWords.contains(word) ? Optional.of(new Command.Help()) : number(word);
  }

  private static Optional<Command> number(String word) {
    int digit =
        word.codePointCount(0, word.length()) == 1 ? Character.digit(word.codePointAt(0), 10) : -1;
    return digit >= 1 && digit <= LISTED
        ? Optional.of(new Command.Choose(digit))
        : Optional.empty();
  }

  /** Replaces the names of commands in a text by their first words. */
  String filled(String text) {
    return text.replace("{new}", first(config.newWords().orElse(List.of())))
        .replace("{list}", first(config.listWords().orElse(List.of())))
        .replace("{help}", first(config.helpWords().orElse(List.of())))
        .replace("{unlink}", first(config.unlinkWords().orElse(List.of())));
  }

  private static String first(List<String> words) {
    return words.stream().map(String::strip).filter(word -> !word.isEmpty()).findFirst().orElse("");
  }

  private static Set<String> plain(List<String> words) {
    return words.stream()
        .map(CommandWords::plain)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** One form for capital, small, full-width and differently composed letters. */
  private static String plain(String text) {
    String visible = INVISIBLE.matcher(text).replaceAll("");
    String normal = Normalizer.normalize(visible, Normalizer.Form.NFKC);
    // Two conversions: letters such as the final sigma have several small forms. The Turkish dotted
    // capital I is the letter of its keyboard.
    String one = normal.replace('\u0130', 'I').toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return SPACE.matcher(Normalizer.normalize(one, Normalizer.Form.NFKC)).replaceAll(" ").strip();
  }
}
