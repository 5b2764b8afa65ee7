package chat.switchboard.ops;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides tokens and phone numbers in a line of the log. Redaction is only the last safeguard:
 * Switchboard's own lines do not contain tokens and phone numbers.
 */
final class Redaction {

  /** A JSON web token begins with the base64 of <code>{"</code>. */
  private static final Pattern TOKEN =
      Pattern.compile("eyJ[A-Za-z0-9_-]{4,}(\\.[A-Za-z0-9_-]*){0,4}");

  /** {@code token=}, also percent-encoded. */
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)((?:token|key|secret|password)(?:=|%3D))[^&\\s\"',;)]+");

  private static final Pattern NUMBER =
      Pattern.compile("(\\+|%2[Bb])(\\d)\\d{2,10}(\\d{4})(?!\\d)");

  private Redaction() {}

  /** Returns the redacted text; the same object if the text contains nothing to hide. */
  static String of(String text) {
    String shown = text;
    if (shown.contains("eyJ")) {
      shown = replace(TOKEN, shown, "[token]");
    }
    if (shown.indexOf('=') >= 0 || shown.contains("%3")) {
      shown = replace(PARAMETER, shown, "$1[hidden]");
    }
    if (shown.indexOf('+') >= 0 || shown.contains("%2")) {
      shown = replace(NUMBER, shown, "$1$2••••$3");
    }
    return shown;
  }

  private static String replace(Pattern pattern, String text, String by) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.replaceAll(by) : text;
  }
}
