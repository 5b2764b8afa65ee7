package chat.switchboard.ops;

/** Hides the middle of a phone number, for titles, senders and log lines. */
public final class Mask {

  private static final int TAIL = 4;

  private Mask() {}

  /**
   * {@code +15551234567} becomes {@code +1••••••4567}, {@code whatsapp:+15551234567} becomes {@code
   * whatsapp:+1••••••4567}; a short code keeps its last two digits, a name stays as it is.
   */
  public static String phone(String address) {
    int colon = address.indexOf(':');
    String scheme = address.substring(0, colon + 1);
    String number = address.substring(colon + 1);
    long digits = number.chars().filter(Character::isDigit).count();
    if (digits < 3 || digits * 2 < number.length()) {
      return address;
    }
    int head = number.startsWith("+") ? 2 : 0;
    int tail = number.length() - head > 2 * TAIL - 1 ? TAIL : 2;
    int hidden = Math.max(1, number.length() - head - tail);
    return scheme
        + number.substring(0, head)
        + "•".repeat(hidden)
        + number.substring(Math.min(number.length(), head + hidden));
  }
}
