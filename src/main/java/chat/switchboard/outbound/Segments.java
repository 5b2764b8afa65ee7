package chat.switchboard.outbound;

/**
 * The billed segments in which a mobile network transports a text. In GSM-7 a single segment has
 * 160 characters, several have 153 each; one character outside GSM-7 makes the text UCS-2, of which
 * a single segment has 70 characters, several have 67 each (3GPP TS 23.038 and 23.040).
 *
 * @param count the number of segments
 * @param encoding GSM-7 or UCS-2
 */
public record Segments(int count, String encoding) {

  static final String GSM_7 = "GSM-7";
  static final String UCS_2 = "UCS-2";

  private static final String BASIC =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖ"
          + "ÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

  /** Each of these characters is two units long: an escape and a character. */
  private static final String EXTENDED = "\f^{}\\[~]|€";

  /** Returns the segments of this text. */
  public static Segments of(String text) {
    boolean gsm = text.chars().allMatch(c -> BASIC.indexOf(c) >= 0 || EXTENDED.indexOf(c) >= 0);
    return gsm
        ? new Segments(count(text, 160, 153, true), GSM_7)
        : new Segments(count(text, 70, 67, false), UCS_2);
  }

  private static int count(String text, int alone, int together, boolean gsm) {
    int units = 0;
    int segments = 1;
    int inSegment = 0;
    for (int i = 0; i < text.length(); i++) {
      int width = gsm && EXTENDED.indexOf(text.charAt(i)) >= 0 ? 2 : 1;
      if (!gsm && isPair(text, i)) {
        width = 2;
        i++;
      }
      units += width;
      // The end of a segment does not split a character of two units.
      if (inSegment + width > together) {
        segments++;
        inSegment = 0;
      }
      inSegment += width;
    }
    return units <= alone ? 1 : segments;
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }
}
