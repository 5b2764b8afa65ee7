package chat.switchboard.phone;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address of a person or a program, under the name that Twilio gives it: {@code +15551234567},
 * {@code whatsapp:+15551234567}, {@code whatsapp:US.13491208655302741918}, {@code rcs:…}, a short
 * code, an alphanumeric sender ID, {@code messenger:…}, {@code sip:…}, {@code client:…}.
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
   * The address with this name. Every name has one: what Twilio sends in a webhook is never refused
   * for its form.
   */
  public static PhoneAddress of(String name) {
    for (Channel channel : Channel.values()) {
      if (channel != Channel.SMS && name.startsWith(channel.scheme())) {
        return new PhoneAddress(channel, name.substring(channel.scheme().length()));
      }
    }
    return new PhoneAddress(Channel.SMS, name);
  }

  /** The name that Twilio uses, with the scheme. */
  public String text() {
    return channel.scheme() + value;
  }

  /** The address for a log line: no whole number and no name. */
  public String masked() {
    return Mask.phone(text());
  }

  /** The address for its conversation's owner, without the scheme; numbers lose their middle. */
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

  /** Whether this is a short code, which only programs have. */
  public boolean isShortCode() {
    return channel == Channel.SMS && SHORT_CODE.matcher(value).matches();
  }

  /** Whether Twilio can deliver a message to this address. */
  public boolean isReachable() {
    return switch (channel) {
      case SMS, RCS -> isNumber();
      case WHATSAPP -> isNumber() || isUserId();
      case MESSENGER -> MESSENGER_ID.matcher(value).matches();
      case SIP, CLIENT -> false;
    };
  }

  /** Why no message can be delivered to this address; empty if one can. */
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
        });
  }

  /**
   * The key of the account behind this address: addresses with the same key are one person. Only
   * WhatsApp spells one account in two ways; elsewhere the key is the name.
   */
  public String account() {
    return channel == Channel.WHATSAPP
        ? channel.scheme() + WhatsAppSpellings.canonical(value)
        : text();
  }

  /** The names of this account, this one first. */
  public List<String> spellings() {
    return channel == Channel.WHATSAPP
        ? WhatsAppSpellings.of(value).stream().map(number -> channel.scheme() + number).toList()
        : List.of(text());
  }

  /**
   * The names for which an opt-out holds, this one first. Carriers and Twilio treat a STOP on SMS,
   * MMS and RCS as one; WhatsApp is separate.
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
