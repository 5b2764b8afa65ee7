package chat.switchboard.address;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hides the middle of a phone number, and most of any other address. */
public final class Mask {

  private static final int TAIL = 4;

  /** The maximum number of dots: an address of any length gives a short line. */
  private static final int MOST_HIDDEN = 12;

  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]+");

  /** A run of digits inside another address that is long enough for a phone number. */
  private static final Pattern NUMBER_INSIDE = Pattern.compile("\\+?[0-9]{7,}");

  private Mask() {}

  /**
   * Returns an address for a log line. {@code +15551234567} becomes {@code +1••••••4567}, {@code
   * whatsapp:+15551234567} becomes {@code whatsapp:+1••••••4567}, a short code keeps its last two
   * digits. Of every other address (a name, a user ID, {@code sip:}, {@code client:}, an e-mail
   * address) the first and at most the last two characters stay.
   */
  public static String phone(String address) {
    PhoneAddress parsed = PhoneAddress.of(address);
    String value = parsed.value();
    return parsed.channel().scheme()
        + (NUMBER.matcher(value).matches() ? number(value) : name(value));
  }

  /**
   * Returns an address for the conversation's owner: names stay, the middle of numbers is hidden.
   */
  public static String shown(String address) {
    PhoneAddress parsed = PhoneAddress.of(address);
    String value = parsed.value();
    return parsed.channel().scheme()
        + (NUMBER.matcher(value).matches() && value.length() > 2
            ? number(value)
            : NUMBER_INSIDE
                .matcher(value)
                .replaceAll(run -> Matcher.quoteReplacement(number(run.group()))));
  }

  private static String number(String number) {
    int head = number.startsWith("+") ? 2 : 0;
    int tail = number.length() - head > 2 * TAIL - 1 ? TAIL : 2;
    int hidden = Math.max(1, number.length() - head - tail);
    return number.substring(0, Math.min(number.length(), head))
        + dots(hidden)
        + number.substring(Math.min(number.length(), head + hidden));
  }

  private static String name(String name) {
    int[] letters = name.codePoints().toArray();
    if (letters.length < 3) {
      return dots(letters.length);
    }
    int tail = letters.length < 8 ? 0 : 2;
    return new String(letters, 0, 1)
        + dots(letters.length - 1 - tail)
        + new String(letters, letters.length - tail, tail);
  }

  private static String dots(int hidden) {
    return "•".repeat(Math.min(MOST_HIDDEN, hidden));
  }
}
