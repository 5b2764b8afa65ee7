package chat.switchboard.text;

import java.util.OptionalInt;

/**
 * Finds the characters that a text message cannot contain: NUL, which ends a string in many
 * systems, and half of a surrogate pair, which is not a character and has no encoding in UTF-8.
 * Every other character, of any script and in any normalization form, is sent unchanged.
 */
public final class Sendable {

  private static final char REPLACEMENT = '\uFFFD';

  private Sendable() {}

  /** Returns the index of the first character that cannot be sent, in UTF-16 code units. */
  public static OptionalInt firstObstacle(String text) {
    return firstObstacle(text, 0);
  }

  private static OptionalInt firstObstacle(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isPair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (isPair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Returns the text with U+FFFD in place of each character that cannot be sent. */
  public static String of(String text) {
    StringBuilder sendable = null;
    OptionalInt obstacle = firstObstacle(text);
    while (obstacle.isPresent()) {
      sendable = sendable == null ? new StringBuilder(text) : sendable;
      sendable.setCharAt(obstacle.getAsInt(), REPLACEMENT);
      obstacle = firstObstacle(text, obstacle.getAsInt() + 1);
    }
    return sendable == null ? text : sendable.toString();
  }
}
