package chat.switchboard.outbound;

import chat.switchboard.phone.Channel;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.text.GraphemeClusters;
import java.util.ArrayList;
import java.util.List;

/** Divides a text that is longer than Twilio takes at once. */
final class Parts {

  /** Twilio's limit for the body of one message, in UTF-16 code units (its error 21617). */
  static final int LONGEST = 1600;

  /** The same for WhatsApp. */
  static final int LONGEST_IN_WHATSAPP = 4096;

  private Parts() {}

  /** The longest text that Twilio takes at once to this address. */
  static int longest(String to) {
    return PhoneAddress.of(to).channel() == Channel.WHATSAPP ? LONGEST_IN_WHATSAPP : LONGEST;
  }

  /**
   * The text itself, or its parts, each with its number: {@code (1/3) …}. Joined together without
   * their numbers, the parts are the text. They are cut behind white space, or, where there is none
   * in the second half of a part, between grapheme clusters; a single cluster that is longer than a
   * part is cut between code points.
   *
   * @param longest the most UTF-16 code units of a part with its number
   */
  static List<String> of(String text, int longest) {
    if (text.length() <= longest) {
      return List.of(text);
    }
    List<String> pieces = List.of();
    int digits = 0;
    do {
      digits++;
      pieces = pieces(text, longest - number(digits, digits).length());
    } while (String.valueOf(pieces.size()).length() > digits);
    List<String> numbered = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      numbered.add("(" + (i + 1) + "/" + pieces.size() + ") " + pieces.get(i));
    }
    return numbered;
  }

  /** The longest number of a part, where each of its two figures has so many digits. */
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

  private static int length(String text, int start, int longest) {
    // What follows the border shows whether a cluster ends there.
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
