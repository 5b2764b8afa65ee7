package chat.switchboard.address;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two spellings of one WhatsApp account. Some countries added digits to their mobile numbers;
 * WhatsApp names accounts by the old or the new number, and accepts both.
 *
 * <ul>
 *   <li>Mexico, {@code +52} and {@code +521}, and Brazil, with and without the ninth digit: <a
 *       href="https://support.gupshup.io/hc/en-us/articles/4407840924953">Gupshup</a>; landlines
 *       keep their number (<a href="https://github.com/devlikeapro/waha/issues/1974">WAHA</a>).
 *   <li>Argentina, {@code +54} and {@code +549}: <a
 *       href="https://github.com/chatwoot/chatwoot/pull/12655">Chatwoot, on Twilio</a>.
 *   <li>Ivory Coast, 8 digits before 2021 and 10 since: <a
 *       href="https://github.com/devlikeapro/waha/issues/1894">WAHA</a>. The operator's prefix of a
 *       mobile number follows from the second of the old digits; landlines began with 2 or 3.
 *   <li>Benin, 8 digits before November 2024 and {@code 01} in front of them since: <a
 *       href="https://github.com/mobi/telephone_number/issues/138">numbering plan</a>.
 * </ul>
 */
final class WhatsAppSpellings {

  /** Brazil's area codes (DDD). */
  private static final String DDD =
      "1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9]";

  /** The short and the long spelling of one number; both patterns have the same groups. */
  private record Pair(Pattern brief, String toFull, Pattern full, String toBrief) {

    static Pair of(String brief, String toFull, String full, String toBrief) {
      return new Pair(Pattern.compile(brief), toFull, Pattern.compile(full), toBrief);
    }

    Optional<String> fuller(String number) {
      return replace(brief, number, toFull);
    }

    Optional<String> briefer(String number) {
      return replace(full, number, toBrief);
    }

    private static Optional<String> replace(Pattern pattern, String number, String other) {
      Matcher matcher = pattern.matcher(number);
      return matcher.matches() ? Optional.of(matcher.replaceFirst(other)) : Optional.empty();
    }
  }

  private static final List<Pair> PAIRS =
      List.of(
          Pair.of("\\+52([2-9]\\d{9})", "+521$1", "\\+521([2-9]\\d{9})", "+52$1"),
          // Old mobile numbers began with 6 to 9; a number that begins with 2 to 5 is a landline.
          Pair.of(
              "\\+55(" + DDD + ")([6-9]\\d{7})",
              "+55$19$2",
              "\\+55(" + DDD + ")9([6-9]\\d{7})",
              "+55$1$2"),
          Pair.of("\\+54([1-3]\\d{9})", "+549$1", "\\+549([1-3]\\d{9})", "+54$1"),
          Pair.of("\\+225([04-9][0-3]\\d{6})", "+22501$1", "\\+22501([04-9][0-3]\\d{6})", "+225$1"),
          Pair.of("\\+225([04-9][4-6]\\d{6})", "+22505$1", "\\+22505([04-9][4-6]\\d{6})", "+225$1"),
          Pair.of("\\+225([04-9][7-9]\\d{6})", "+22507$1", "\\+22507([04-9][7-9]\\d{6})", "+225$1"),
          Pair.of("\\+229(\\d{8})", "+22901$1", "\\+22901(\\d{8})", "+229$1"));

  private WhatsAppSpellings() {}

  /**
   * Returns the spellings of this number, this spelling first; most numbers have a single spelling.
   */
  static List<String> of(String number) {
    return PAIRS.stream()
        .map(pair -> pair.fuller(number).or(() -> pair.briefer(number)))
        .flatMap(Optional::stream)
        .findFirst()
        .map(other -> List.of(number, other))
        .orElseGet(() -> List.of(number));
  }

  /** Returns the canonical spelling: the longer one. */
  static String canonical(String number) {
    return PAIRS.stream()
        .map(pair -> pair.fuller(number))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(number);
  }
}
