package chat.switchboard.routing;

import java.util.Locale;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A short code that links a phone to a conversation, such as {@code A7C4KX}: six letters and digits
 * that cannot be confused, at least two of each, so that no ordinary word and no number is a code.
 * There are about 10^8 of them.
 */
final class Code {

  static final int LENGTH = 6;

  /** Without B, G, I, L, O, S, U, Z (8, 6, 1, 1, 0, 5, V, 2) and the digits 0 and 1. */
  private static final String LETTERS = "ACDEFHJKMNPQRTVWXY";

  private static final String DIGITS = "23456789";
  private static final String SYMBOLS = LETTERS + DIGITS;

  private static final String SPACE = "\\s\\p{Z}\\p{Cf}";
  private static final String BEFORE = "^[" + SPACE + "\"'“‘„«(]*";
  private static final String BEHIND = "[" + SPACE + ":,.;!?\"'”’“»)-]";
  private static final String END = "(?=$|" + BEHIND + ")" + BEHIND + "*";

  private static final Pattern AS_ONE_WORD =
      Pattern.compile(BEFORE + "([A-Za-z0-9]{6})" + END, Pattern.DOTALL);

  private static final Pattern WITH_GAPS =
      Pattern.compile(
          BEFORE + "((?:[A-Za-z0-9][\\s\\p{Z}\\p{Pd}]?){5}[A-Za-z0-9])" + END, Pattern.DOTALL);

  /** Letters and digits of the block U+FF01 to U+FF5E, each as long as its ASCII character. */
  private static final Pattern FULL_WIDTH =
      Pattern.compile("[\\uFF10-\\uFF19\\uFF21-\\uFF3A\\uFF41-\\uFF5A]");

  private static final Pattern GAP = Pattern.compile("[" + SPACE + "\\p{Pd}]");

  private Code() {}

  /**
   * A possible code at the beginning of a text.
   *
   * @param code the code in its stored form
   * @param rest the text behind it
   * @param certain whether the code is one word; with gaps ("K2P 4R7") it may be another thing,
   *     such as a postcode, and counts only if the code is valid
   */
  record Typed(String code, String rest, boolean certain) {}

  /**
   * @param draw returns an unpredictable number below its argument
   */
  static String make(IntUnaryOperator draw) {
    while (true) {
      StringBuilder code = new StringBuilder(LENGTH);
      for (int i = 0; i < LENGTH; i++) {
        code.append(SYMBOLS.charAt(draw.applyAsInt(SYMBOLS.length())));
      }
      Optional<String> read = read(code.toString());
      if (read.isPresent()) {
        return read.get();
      }
    }
  }

  /**
   * Returns the code in its stored form, ignoring case and gaps; empty if the text is not a code.
   */
  static Optional<String> read(String typed) {
    String code = GAP.matcher(typed).replaceAll("").toUpperCase(Locale.ROOT);
    long letters = code.chars().filter(c -> LETTERS.indexOf(c) >= 0).count();
    long digits = code.chars().filter(c -> DIGITS.indexOf(c) >= 0).count();
    return code.length() == LENGTH && letters + digits == LENGTH && letters >= 2 && digits >= 2
        ? Optional.of(code)
        : Optional.empty();
  }

  /** Returns a possible code at the beginning of this text. */
  static Optional<Typed> leading(String text) {
    // Converts only full-width letters and digits, so that the rest of the text stays unchanged.
    String plain = FULL_WIDTH.matcher(text).find() ? narrow(text) : text;
    Matcher word = AS_ONE_WORD.matcher(plain);
    if (word.find()) {
      Optional<String> code = read(word.group(1));
      if (code.isPresent()) {
        return Optional.of(new Typed(code.get(), text.substring(word.end()), true));
      }
    }
    Matcher gaps = WITH_GAPS.matcher(plain);
    if (gaps.find()) {
      String rest = text.substring(gaps.end());
      return read(gaps.group(1)).map(code -> new Typed(code, rest, false));
    }
    return Optional.empty();
  }

  private static String narrow(String text) {
    return FULL_WIDTH
        .matcher(text)
        .replaceAll(wide -> String.valueOf((char) (wide.group().charAt(0) - 0xFEE0)));
  }
}
