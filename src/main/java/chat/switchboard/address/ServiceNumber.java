package chat.switchboard.address;

import java.util.regex.Pattern;

/**
 * The names of our own numbers: a number or another sender, a messaging service, or all of them.
 */
public final class ServiceNumber {

  /** The name of all of our numbers together. */
  public static final String ANY = "";

  /**
   * A messaging service, which chooses one of its numbers
   * (https://www.twilio.com/docs/glossary/what-is-a-sid). An alphanumeric sender ID may begin with
   * the same letters.
   */
  private static final Pattern MESSAGING_SERVICE = Pattern.compile("MG[0-9a-fA-F]{32}");

  private ServiceNumber() {}

  /** Whether this is the SID of a messaging service, and no address. */
  public static boolean isMessagingService(String name) {
    return MESSAGING_SERVICE.matcher(name).matches();
  }
}
