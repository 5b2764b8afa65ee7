package chat.switchboard.text;

/** Converts a text for a {@code <Message>} of TwiML. */
public final class TwimlText {

  /** The longest body of a {@code <Message>}, in characters (Twilio's error 21617). */
  public static final int LONGEST = 1600;

  private TwimlText() {}

  /**
   * TwiML is XML 1.0, which cannot contain control characters other than tab, carriage return and
   * line feed, not even as entities (Twilio's error 12100), nor for lone surrogates.
   *
   * @return the text without the characters that XML 1.0 does not permit, at most 1,600 UTF-16 code
   *     units, cut between grapheme clusters
   */
  public static String of(String text) {
    StringBuilder xml = new StringBuilder(text.length());
    text.codePoints().filter(TwimlText::isXml).forEach(xml::appendCodePoint);
    return GraphemeClusters.truncate(xml.toString(), LONGEST);
  }

  /** The production Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets). */
  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
