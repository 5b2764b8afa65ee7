package chat.switchboard.outbound;

import java.util.ArrayList;
import java.util.List;

/** Divides a text that is longer than Twilio takes at once. */
final class Parts {

  /** Twilio's limit for the body of one message (its error 21617). */
  static final int LONGEST = 1600;

  /** Room for "(99/99) ", the number before each part. */
  private static final int NUMBER = 8;

  private Parts() {}

  /** The text itself, or its parts, each with its number: "(1/3) …"; cut between words. */
  static List<String> of(String text) {
    if (text.length() <= LONGEST) {
      return List.of(text);
    }
    List<String> pieces = new ArrayList<>();
    String rest = text;
    while (rest.length() > LONGEST - NUMBER) {
      int end = end(rest, LONGEST - NUMBER);
      pieces.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end).stripLeading();
    }
    if (!rest.isEmpty()) {
      pieces.add(rest);
    }
    List<String> numbered = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      numbered.add("(" + (i + 1) + "/" + pieces.size() + ") " + pieces.get(i));
    }
    return numbered;
  }

  /**
   * The last end of a word; a word that is too long itself is cut, but never within a character.
   */
  private static int end(String text, int longest) {
    for (int i = longest; i > 0; i--) {
      if (Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }
    return Character.isLowSurrogate(text.charAt(longest)) ? longest - 1 : longest;
  }
}
