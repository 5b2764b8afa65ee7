package chat.switchboard.twilio;

import java.util.regex.Pattern;

/** The forms of the addresses that Twilio gives to a sender and a destination. */
final class AddressForm {

  /** E.164, or a short code. */
  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9]{3,20}");

  /** A number, or a WhatsApp user id, which is valid within one business: {@code US.1349…}. */
  private static final Pattern WHATSAPP =
      Pattern.compile("whatsapp:(\\+?[0-9]{5,20}|[A-Z]{2}\\.(?:ENT\\.)?[A-Za-z0-9]{1,128})");

  /** Another channel: {@code rcs:brand_agent}, {@code messenger:…}, {@code sip:…}. */
  private static final Pattern CHANNEL =
      Pattern.compile("(?!whatsapp:)[a-z][a-z0-9-]{1,19}:[^\\s\\p{Cntrl}<>\"{}$\\\\]{1,200}");

  /** An alphanumeric sender id: at most 11 characters. */
  private static final Pattern SENDER_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 &_+.-]{0,10}");

  /** Some carriers deliver e-mails as texts. */
  private static final Pattern E_MAIL =
      Pattern.compile("[^\\s\\p{Cntrl}@<>\"{}$]{1,64}@[A-Za-z0-9.-]{1,190}");

  /** The name of a participant of a Twilio conversation, as a program chose it. */
  private static final Pattern IDENTITY = Pattern.compile("[^\\p{Cntrl}+{$][^\\p{Cntrl}]{0,255}");

  private AddressForm() {}

  static boolean isAddress(String value) {
    return matches(NUMBER, value)
        || matches(WHATSAPP, value)
        || matches(CHANNEL, value)
        || matches(SENDER_ID, value)
        || matches(E_MAIL, value);
  }

  /** The author of a message in a Twilio conversation: an address, or the name of a participant. */
  static boolean isAuthor(String value) {
    return isAddress(value) || (matches(IDENTITY, value) && !value.startsWith("whatsapp:"));
  }

  private static boolean matches(Pattern form, String value) {
    return form.matcher(value).matches();
  }
}
