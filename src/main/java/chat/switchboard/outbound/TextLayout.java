package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays a text and its files out on messages. The layout is made before the files are fetched, and
 * leaves room for a link in the place of each file.
 */
final class TextLayout {

  /** WhatsApp's limit for the words beside a file. */
  private static final int LONGEST_CAPTION = 1024;

  private static final String GAP = "\n\n";

  private TextLayout() {}

  /**
   * One message.
   *
   * @param body the words; empty for files alone
   */
  record Piece(String body, List<OutgoingFile> files) {}

  /**
   * Returns the messages in their order.
   *
   * @param linkLength the length of a link to a file, in characters
   */
  static List<Piece> of(String text, List<OutgoingFile> files, String to, int linkLength) {
    return of(text, false, files, to, linkLength);
  }

  /**
   * The same for a text that may be in WhatsApp's form.
   *
   * @param formatted whether the text has WhatsApp's marks, which the parts of the text keep
   */
  static List<Piece> of(
      String text, boolean formatted, List<OutgoingFile> files, String to, int linkLength) {
    int longest = Parts.longest(to);
    Channel channel = PhoneAddress.of(to).channel();
    int most = mostFiles(channel, longest, linkLength);
    List<Piece> pieces = new ArrayList<>();
    int next = 0;
    if (!text.isBlank()) {
      int beside = Math.min(files.size(), most);
      if (beside > 0
          && isOneMessage(text, files.subList(0, beside), channel, longest, linkLength)) {
        pieces.add(new Piece(text, files.subList(0, beside)));
        next = beside;
      } else {
        List<String> parts = formatted ? FormattedParts.of(text, longest) : Parts.of(text, longest);
        parts.forEach(part -> pieces.add(new Piece(part, List.of())));
      }
    }
    while (next < files.size()) {
      int end = Math.min(files.size(), next + most);
      pieces.add(new Piece("", files.subList(next, end)));
      next = end;
    }
    return pieces;
  }

  private static int mostFiles(Channel channel, int longest, int linkLength) {
    int links = Math.max(1, (longest + 1) / (linkLength + 1));
    return Math.min(links, FileRoutes.perMessage(channel));
  }

  private static boolean isOneMessage(
      String text, List<OutgoingFile> files, Channel channel, int longest, int linkLength) {
    if (text.length() + GAP.length() + files.size() * (linkLength + 1) > longest) {
      return false;
    }
    if (channel != Channel.WHATSAPP) {
      return true;
    }
    return text.length() <= LONGEST_CAPTION
        && files.get(0).type().map(FileRoutes::hasCaptionInWhatsApp).orElse(true);
  }

  /** Returns the words of a message with what stands in the place of files behind them. */
  static String body(String words, List<String> behind) {
    String lines = String.join("\n", behind);
    if (lines.isEmpty()) {
      return words;
    }
    return words.isBlank() ? lines : words + GAP + lines;
  }
}
