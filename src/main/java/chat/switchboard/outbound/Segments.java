package chat.switchboard.outbound;

/**
 * What a text costs on its way: a mobile network carries it in segments. In GSM-7 one segment has
 * 160 characters, several have 153 each; one character that GSM-7 does not know makes it UCS-2, of
 * which a segment has 70, several 67 each (3GPP TS 23.038 and 23.040).
 *
 * @param count how many segments
 * @param encoding GSM-7 or UCS-2
 */
public record Segments(int count, String encoding) {

  static final String GSM_7 = "GSM-7";
  static final String UCS_2 = "UCS-2";

  private static final String BASIC =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖ"
          + "ÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

  /** Each of these is two characters long: an escape and another. */
  private static final String EXTENDED = "\f^{}\\[~]|€";

  /** The segments of this text. */
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
      // What is two units long is not cut by the end of a segment.
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
