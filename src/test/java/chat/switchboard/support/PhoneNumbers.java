package chat.switchboard.support;

import java.util.concurrent.ThreadLocalRandom;

/** Phone numbers of people that no other test uses. */
public final class PhoneNumbers {

  private PhoneNumbers() {}

  /**
   * Returns a number of the area 555. The seven digits after the area are no premium number in any
   * area: the spend guard refuses texts to the exchange 976.
   */
  public static String next() {
    return "+1555" + (2_000_000 + ThreadLocalRandom.current().nextInt(7_000_000));
  }
}
