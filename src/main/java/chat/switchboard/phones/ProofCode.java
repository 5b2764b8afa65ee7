package chat.switchboard.phones;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A code that proves that a phone belongs to a user, such as {@code K7MP-2Q9X}: two groups of four
 * letters and digits that cannot be confused, at least two of each. There are about 10^11 of them.
 * A code is a whole text, and has eight characters, so that it is never the code of a conversation,
 * which has six.
 */
final class ProofCode {

  private static final int HALF = 4;

  /** Without B, G, I, L, O, S, U, Z and the digits 0 and 1. */
  private static final String LETTERS = "ACDEFHJKMNPQRTVWXY";

  private static final String DIGITS = "23456789";
  private static final String SYMBOLS = LETTERS + DIGITS;

  /** A longer text is not read: no code has this many marks around it. */
  private static final int LONGEST = 60;

  private static final Pattern INVISIBLE =
      Pattern.compile("[\\p{Cf}\\p{Cc}\\uFE00-\\uFE0F&&[^\\s]]");
  private static final String MARKS =
      "[\\s\\p{Z}.,;:!?\\p{Pi}\\p{Pf}\\p{Ps}\\p{Pe}\"'`*_~\\u3002]*";
  private static final Pattern WHOLE_TEXT =
      Pattern.compile(
          "^" + MARKS + "([A-Z0-9]{4})[\\s\\p{Z}\\p{Pd}\\u2212._]{0,3}([A-Z0-9]{4})" + MARKS + "$");

  private ProofCode() {}

  /**
   * @param draw returns an unpredictable number below its argument
   */
  static String make(IntUnaryOperator draw) {
    while (true) {
      StringBuilder code = new StringBuilder(2 * HALF + 1);
      for (int i = 0; i < 2 * HALF; i++) {
        if (i == HALF) {
          code.append('-');
        }
        code.append(SYMBOLS.charAt(draw.applyAsInt(SYMBOLS.length())));
      }
      if (read(code.toString()).isPresent()) {
        return code.toString();
      }
    }
  }

  /** Returns the code in its stored form, if the whole text has the form of a code. */
  static Optional<String> read(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    String plain =
        Normalizer.normalize(INVISIBLE.matcher(text).replaceAll(""), Normalizer.Form.NFKC)
            .toUpperCase(Locale.ROOT);
    Matcher matcher = WHOLE_TEXT.matcher(plain);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String code = matcher.group(1) + matcher.group(2);
    long letters = code.chars().filter(c -> LETTERS.indexOf(c) >= 0).count();
    long digits = code.chars().filter(c -> DIGITS.indexOf(c) >= 0).count();
    return letters + digits == 2 * HALF && letters >= 2 && digits >= 2
        ? Optional.of(code)
        : Optional.empty();
  }
}
