package chat.switchboard.text;

/**
 * Cleans a name or a title from outside for display on one line: removes characters that are
 * invisible, break the line or change the reading direction, and bounds the length. Text of any
 * script stays unchanged.
 */
public final class ShownText {

  /**
   * The longest cluster that is kept whole, in code points. The longest emoji in use has ten; a
   * letter with hundreds of accents is cut.
   */
  private static final int LONGEST_CLUSTER = 32;

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int BLACK_FLAG = 0x1F3F4;

  private ShownText() {}

  /**
   * @param text a name or a title from outside
   * @param most the maximum number of grapheme clusters; an ellipsis marks a cut
   * @return one line without control, bidirectional and zero-width characters and without lone
   *     surrogates, with single spaces; empty if no visible character is left
   */
  public static String line(String text, int most) {
    String visible = visible(text);
    StringBuilder line = new StringBuilder(Math.min(visible.length(), 4 * most));
    int clusters = 0;
    for (String cluster : GraphemeClusters.split(GraphemeClusters.first(visible, most + 1))) {
      if (++clusters > most) {
        int last = GraphemeClusters.first(line.toString(), most - 1).length();
        line.setLength(last);
        return line.toString().stripTrailing() + "…";
      }
      line.append(cluster, 0, bounded(cluster));
    }
    return line.toString().strip();
  }

  private static int bounded(String cluster) {
    return cluster.codePointCount(0, cluster.length()) <= LONGEST_CLUSTER
        ? cluster.length()
        : cluster.offsetByCodePoints(0, LONGEST_CLUSTER);
  }

  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(Math.min(text.length(), 4096));
    boolean gap = false;
    int previous = -1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (isBlank(c)) {
        gap = true;
        previous = -1;
        continue;
      }
      int next = i < text.length() ? text.codePointAt(i) : -1;
      if (isInvisible(c) && !isNeeded(c, previous, next)) {
        continue;
      }
      if (gap && !visible.isEmpty()) {
        visible.append(' ');
      }
      gap = false;
      visible.appendCodePoint(c);
      previous = c;
    }
    return visible.toString();
  }

  /** Whether the character separates words or lines, or is blank with a width. */
  private static boolean isBlank(int c) {
    return Character.isISOControl(c)
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        // Fillers of Hangul, the empty Braille pattern
        || c == 0x115F
        || c == 0x1160
        || c == 0x3164
        || c == 0xFFA0
        || c == 0x2800;
  }

  /** Whether the character has no shape and no width. */
  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.SURROGATE
        || (c & 0xFFFE) == 0xFFFE
        || (c >= 0xFDD0 && c <= 0xFDEF)
        // Combining grapheme joiner, Khmer inherent vowels, Mongolian selectors
        || c == 0x034F
        || c == 0x17B4
        || c == 0x17B5
        || (c >= 0x180B && c <= 0x180F)
        || isVariationSelector(c)
        // Tags and other code points that Unicode reserves for characters without a shape
        || (c >= 0xE0000 && c <= 0xE0FFF);
  }

  /**
   * Some invisible characters are part of a visible character: a joiner within an emoji or between
   * letters of a script that has joiners, a variation selector behind its base, the tags of a flag
   * such as Scotland's. A second such character in a row only carries hidden data.
   */
  private static boolean isNeeded(int c, int previous, int next) {
    if (previous < 0) {
      return false;
    }
    if (c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER) {
      return previous > 0x7F
          && next > 0x7F
          && !isBlank(next)
          && (!isInvisible(previous) || isVariationSelector(previous) || isTag(previous))
          && !isInvisible(next);
    }
    if (isVariationSelector(c)) {
      return !isInvisible(previous);
    }
    if (isTag(c)) {
      return previous == BLACK_FLAG || isTag(previous);
    }
    // The Arabic number sign and its relatives are visible format characters.
    return isSeenFormat(c);
  }

  private static boolean isVariationSelector(int c) {
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
  }

  private static boolean isTag(int c) {
    return c >= 0xE0020 && c <= 0xE007F;
  }

  /** Prepended_Concatenation_Mark in Unicode's PropList.txt. */
  private static boolean isSeenFormat(int c) {
    return (c >= 0x0600 && c <= 0x0605)
        || c == 0x06DD
        || c == 0x070F
        || c == 0x0890
        || c == 0x0891
        || c == 0x08E2
        || c == 0x110BD
        || c == 0x110CD;
  }
}
