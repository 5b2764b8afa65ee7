package chat.switchboard.text;

import java.util.BitSet;

/**
 * Whether a word ends or begins at a place of a text. A letter with its accents and vowel signs is
 * part of a word; an emoji with its variation selector is not.
 */
final class WordBorders {

  private static final int KEYCAP = 0x20E3;

  /** The longest series of marks behind a letter that is looked at, in UTF-16 code units. */
  private static final int LONGEST_MARKS = 16;

  private WordBorders() {}

  /** Whether the character before this index belongs to a word. */
  static boolean endsWord(CharSequence text, int index) {
    return endsWord(text, index, new BitSet());
  }

  /**
   * @param left the characters that the reader does not see
   */
  static boolean endsWord(CharSequence text, int index, BitSet left) {
    int at = index;
    while (at > 0 && index - at < LONGEST_MARKS) {
      if (left.get(at - 1)) {
        at--;
        continue;
      }
      int c = Character.codePointBefore(text, at);
      if (c == KEYCAP) {
        return false;
      }
      if (!isExtension(c)) {
        return Character.isLetterOrDigit(c);
      }
      at -= Character.charCount(c);
    }
    return false;
  }

  /** Whether the character at this index belongs to a word. */
  static boolean beginsWord(CharSequence text, int index) {
    return beginsWord(text, index, new BitSet());
  }

  /**
   * @param left the characters that the reader does not see
   */
  static boolean beginsWord(CharSequence text, int index, BitSet left) {
    int at = index;
    while (at < text.length() && at - index < LONGEST_MARKS) {
      int c = Character.codePointAt(text, at);
      boolean isSeen = !left.get(at) && Character.getType(c) != Character.FORMAT;
      if (isSeen) {
        return Character.isLetterOrDigit(c) || isExtension(c);
      }
      at += Character.charCount(c);
    }
    return false;
  }

  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static boolean isExtension(int c) {
    int type = Character.getType(c);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT;
  }
}
