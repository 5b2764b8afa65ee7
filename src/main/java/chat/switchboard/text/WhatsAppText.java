package chat.switchboard.text;

import java.util.Set;

/**
 * Converts Markdown to WhatsApp's form: {@code *bold*}, {@code _italic_}, {@code ~strike~}, code
 * between backticks, quotes and lists. WhatsApp has no headings, links and tables: a heading
 * becomes bold, a link becomes {@code label (address)}, the cells of a table are separated by
 * {@code |}.
 *
 * <p>WhatsApp has no escape character and formats only whole words on one line. Marks within a word
 * are therefore left out, marks over several lines are repeated on each line, and a star that the
 * agent escaped goes out as a star.
 */
public final class WhatsAppText {

  private WhatsAppText() {}

  /**
   * @param markdown the text of an agent
   * @return the text in WhatsApp's form; the text itself if it is longer than 65,536 UTF-16 code
   *     units
   */
  public static String of(String markdown) {
    return of(markdown, Set.of());
  }

  /**
   * The same for a text with pictures that go out beside the text.
   *
   * @param pictures the addresses of these pictures in the text
   */
  public static String of(String markdown, Set<String> pictures) {
    return PlainText.of(markdown, pictures, Markup.WHATSAPP);
  }
}
