package chat.switchboard.inbound;

/** Text that every reader of the database can read. */
public final class CleanText {

  private static final char REPLACEMENT = '\uFFFD';

  private CleanText() {}

  /**
   * Replaces unpaired surrogates and NUL with U+FFFD. An unpaired surrogate would be stored as
   * bytes that are not UTF-8: LibreChat's driver fails at them, and the whole conversation could
   * not be opened. NUL ends a string in many programs.
   */
  public static String of(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        if (clean == null) {
          clean = new StringBuilder(text);
        }
        clean.setCharAt(i, REPLACEMENT);
      }
    }
    return clean == null ? text : clean.toString();
  }
}
