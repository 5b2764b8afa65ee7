package chat.switchboard.address;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address of a person or a program, under the name that Twilio gives it: {@code +15551234567},
 * {@code whatsapp:+15551234567}, {@code whatsapp:US.13491208655302741918}, {@code rcs:…}, a short
 * code, an alphanumeric sender ID, {@code messenger:…}, {@code sip:…}, {@code client:…}; or of the
 * webhooks of another service, {@code hook:<name>} or {@code hook:<name>:<key>}.
 *
 * @param channel the channel
 * @param value the address without the scheme
 */
public record PhoneAddress(Channel channel, String value) {

  private static final Pattern NUMBER = Pattern.compile("\\+[1-9][0-9]{4,14}");
  private static final Pattern SHORT_CODE = Pattern.compile("[0-9]{3,8}");

  /**
   * A WhatsApp business-scoped user ID, which stands for a user whose number is not shown: country,
   * dot, up to 128 letters and digits; {@code US.ENT.…} is one of several businesses
   * (https://docs.360dialog.com/docs/resources/phone-numbers/usernames-and-bsuid).
   */
  private static final Pattern USER_ID =
      Pattern.compile("[A-Z]{2}\\.(?:ENT\\.)?[A-Za-z0-9]{1,128}");

  private static final Pattern MESSENGER_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  /**
   * Returns the address with this name. Every name has an address: a webhook of Twilio is never
   * refused for the form of an address.
   */
  public static PhoneAddress of(String name) {
    for (Channel channel : Channel.values()) {
      if (channel != Channel.SMS && name.startsWith(channel.scheme())) {
        return new PhoneAddress(channel, name.substring(channel.scheme().length()));
      }
    }
    return new PhoneAddress(Channel.SMS, name);
  }

  /** Returns Twilio's name of the address, with the scheme. */
  public String text() {
    return channel.scheme() + value;
  }

  /** Returns the address for a log line: without a whole number or a name. */
  public String masked() {
    return Mask.phone(text());
  }

  /**
   * Returns the address for the conversation's owner, without the scheme; the middle of numbers is
   * hidden.
   */
  public String shown() {
    return Mask.shown(value);
  }

  /** Whether the value is an E.164 number. */
  public boolean isNumber() {
    return NUMBER.matcher(value).matches();
  }

  /** Whether this is a WhatsApp user without a visible number. */
  public boolean isUserId() {
    return channel == Channel.WHATSAPP && USER_ID.matcher(value).matches();
  }

  /** Whether this is a short code, which belongs to a program and not to a person. */
  public boolean isShortCode() {
    return channel == Channel.SMS && SHORT_CODE.matcher(value).matches();
  }

  /** Whether Twilio can deliver a message to this address. */
  public boolean isReachable() {
    return switch (channel) {
      case SMS, RCS -> isNumber();
      case WHATSAPP -> isNumber() || isUserId();
      case MESSENGER -> MESSENGER_ID.matcher(value).matches();
      case SIP, CLIENT, HOOK -> false;
    };
  }

  /**
   * Returns why no message can be delivered to this address; empty if a message can be delivered.
   */
  public Optional<String> unreachable() {
    if (isReachable()) {
      return Optional.empty();
    }
    if (isShortCode()) {
      return Optional.of("A short code receives no texts from Twilio's numbers");
    }
    return Optional.of(
        switch (channel) {
          case SMS -> "An alphanumeric sender ID receives no texts";
          case WHATSAPP -> "The address is neither a WhatsApp number nor a WhatsApp user ID";
          case RCS -> "The RCS address is not a phone number";
          case MESSENGER -> "The address is not a Messenger ID";
          case SIP, CLIENT -> "Twilio delivers no texts to " + channel.scheme() + " addresses";
          case HOOK -> "A hook only receives webhooks";
        });
  }

  /**
   * Returns the key of the account behind this address: addresses with the same key are one person.
   * Only WhatsApp spells one account in two ways; on other channels the key is the name.
   */
  public String account() {
    return channel == Channel.WHATSAPP
        ? channel.scheme() + WhatsAppSpellings.canonical(value)
        : text();
  }

  /** Returns the names of this account; the name of this address is the first. */
  public List<String> spellings() {
    return channel == Channel.WHATSAPP
        ? WhatsAppSpellings.of(value).stream().map(number -> channel.scheme() + number).toList()
        : List.of(text());
  }

  /**
   * Returns the names for which an opt-out holds; the name of this address is the first. Carriers
   * and Twilio treat a STOP on SMS, MMS and RCS as one; WhatsApp is separate.
   */
  public List<String> consentNames() {
    return isNumber()
        ? switch (channel) {
          case SMS -> List.of(text(), Channel.RCS.scheme() + value);
          case RCS -> List.of(text(), value);
          default -> spellings();
        }
        : spellings();
  }

  /** Whether both addresses are one account. */
  public boolean sameAccount(PhoneAddress other) {
    return account().equals(other.account());
  }
}
