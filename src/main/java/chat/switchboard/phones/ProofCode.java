package chat.switchboard.phones;

import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
  private static final int LENGTH = 2 * HALF;

  /** Without B, G, I, L, O, S, U, Z and the digits 0 and 1. */
  private static final String LETTERS = "ACDEFHJKMNPQRTVWXY";

  private static final String DIGITS = "23456789";
  private static final String SYMBOLS = LETTERS + DIGITS;

  /** A longer text is not read: no code has this many marks around it. */
  private static final int LONGEST = 60;

  private static final Pattern NO_SYMBOL = Pattern.compile("[^A-Z0-9]+");

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
      StringBuilder code = new StringBuilder(LENGTH + 1);
      for (int i = 0; i < LENGTH; i++) {
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
    return isCode(code, 0) ? Optional.of(code) : Optional.empty();
  }

  /**
   * Returns each eight letters and digits in a row that have the form of a code, whatever stands
   * between them, in their stored form. One pass over the text, since an agent's text can have
   * thousands of them.
   */
  static List<String> within(String text) {
    String symbols =
        NO_SYMBOL
            .matcher(Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT))
            .replaceAll("");
    Set<String> found = new LinkedHashSet<>();
    for (int i = 0; i + LENGTH <= symbols.length(); i++) {
      if (isCode(symbols, i)) {
        found.add(symbols.substring(i, i + LENGTH));
      }
    }
    return List.copyOf(found);
  }

  /** Whether the next eight characters are at least two letters and two digits of a code. */
  private static boolean isCode(String text, int from) {
    int letters = 0;
    int digits = 0;
    for (int i = from; i < from + LENGTH; i++) {
      if (LETTERS.indexOf(text.charAt(i)) >= 0) {
        letters++;
      } else if (DIGITS.indexOf(text.charAt(i)) >= 0) {
        digits++;
      } else {
        return false;
      }
    }
    return letters >= 2 && digits >= 2;
  }
}
