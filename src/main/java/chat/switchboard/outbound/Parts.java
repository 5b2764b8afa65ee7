package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.text.GraphemeClusters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/** Divides a text that is longer than Twilio's limit for one message. */
final class Parts {

  /** Twilio's limit for the body of one message, in UTF-16 code units (its error 21617). */
  static final int LONGEST = 1600;

  /** The same for WhatsApp. */
  static final int LONGEST_IN_WHATSAPP = 4096;

  private Parts() {}

  /** Returns the maximum length of one message to this address. */
  static int longest(String to) {
    return PhoneAddress.of(to).channel() == Channel.WHATSAPP ? LONGEST_IN_WHATSAPP : LONGEST;
  }

  /**
   * Returns the text itself, or its parts, each with its number: {@code (1/3) …}. Without their
   * numbers, the joined parts are the text. The borders are behind white space, or, if the second
   * half of a part has none, between grapheme clusters; a single cluster that is longer than a part
   * is cut between code points.
   *
   * @param longest the maximum number of UTF-16 code units of a part with its number
   */
  static List<String> of(String text, int longest) {
    if (text.length() <= longest) {
      return List.of(text);
    }
    return numbered(room -> pieces(text, room), longest, piece -> false);
  }

  /**
   * Returns the pieces with their numbers.
   *
   * @param division divides the text into pieces of this length
   * @param hasOwnLine whether a piece begins on a line of its own
   */
  static List<String> numbered(
      IntFunction<List<String>> division, int longest, Predicate<String> hasOwnLine) {
    List<String> pieces = List.of();
    int digits = 0;
    do {
      digits++;
      pieces = division.apply(longest - number(digits, digits).length());
    } while (String.valueOf(pieces.size()).length() > digits);
    List<String> numbered = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      numbered.add(
          "("
              + (i + 1)
              + "/"
              + pieces.size()
              + (hasOwnLine.test(pieces.get(i)) ? ")\n" : ") ")
              + pieces.get(i));
    }
    return numbered;
  }

  /**
   * Returns the maximum length of a part's number if each of the two figures has this many digits.
   */
  private static String number(int part, int parts) {
    return "(" + "9".repeat(part) + "/" + "9".repeat(parts) + ") ";
  }

  private static List<String> pieces(String text, int longest) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    while (text.length() - start > longest) {
      int end = start + length(text, start, longest);
      pieces.add(text.substring(start, end));
      start = end;
    }
    pieces.add(text.substring(start));
    return pieces;
  }

  /** Returns the length of the piece that begins here. */
  static int length(String text, int start, int longest) {
    // The text after the border shows whether a cluster ends at the border.
    String window = text.substring(start, Math.min(text.length(), start + 2 * longest));
    int fits = GraphemeClusters.boundary(window, longest);
    int border = 0;
    int end = 0;
    for (String cluster : GraphemeClusters.split(window.substring(0, fits))) {
      end += cluster.length();
      if (Character.isWhitespace(window.charAt(end - 1))) {
        border = end;
      }
    }
    return border > longest / 2 ? border : fits;
  }
}
