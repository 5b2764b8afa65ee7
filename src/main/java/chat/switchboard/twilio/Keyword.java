package chat.switchboard.twilio;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The words with which a person stops and starts hearing from a number
 * (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out). Twilio answers them itself.
 */
enum Keyword {
  STOP,
  START,
  /** It is START from a person who has opted out, and an ordinary answer from everyone else. */
  YES,
  HELP;

  private static final Set<String> STOP_WORDS =
      Set.of("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT");
  private static final Set<String> START_WORDS = Set.of("START", "UNSTOP");
  private static final Set<String> HELP_WORDS = Set.of("HELP", "INFO");

  /**
   * The keyword that a text is, as a whole.
   *
   * @param body the text
   * @param optOutType what Twilio took it for, where Advanced Opt-Out knows other words
   */
  static Optional<Keyword> of(Optional<String> body, Optional<String> optOutType) {
    String word = body.orElse("").strip().toUpperCase(Locale.ROOT);
    if (word.equals("YES")) {
      return Optional.of(YES);
    }
    String type = optOutType.orElse("").toUpperCase(Locale.ROOT);
    if (type.equals("STOP") || STOP_WORDS.contains(word)) {
      return Optional.of(STOP);
    }
    if (type.equals("START") || START_WORDS.contains(word)) {
      return Optional.of(START);
    }
    return type.equals("HELP") || HELP_WORDS.contains(word) ? Optional.of(HELP) : Optional.empty();
  }
}
