package chat.switchboard.address;

import chat.switchboard.http.ProblemException;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses an address as people type or paste it: a phone number in international form with the usual
 * punctuation, or Twilio's name of another sender.
 */
public final class PhoneNumberParser {

  /** The longest address of any kind, in characters. */
  static final int LONGEST = 256;

  /** Invisible characters, which a copy from a page or a contact contains. */
  /** The longest address of a hook: 64 characters of a name and 200 of a key. */
  private static final int LONGEST_HOOK = 300;

  private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}+");

  private static final Pattern DASH = Pattern.compile("[\\p{Pd}\\u2212]");
  private static final Pattern SPACE = Pattern.compile("[\\p{Z}\\s]+");
  private static final Pattern DOT = Pattern.compile("[\\u00B7\\u2022\\u2027\\u2219]");

  /** Letters can be dialled ("1-800-FLOWERS"), but in a request they are more likely a mistake. */
  private static final Pattern AS_TYPED = Pattern.compile("\\+[0-9 ()./-]{3,40}");

  private static final Pattern PLAIN = Pattern.compile("\\+[1-9][0-9]{4,14}");
  private static final Pattern SHORT_CODE = Pattern.compile("[0-9]{3,8}");
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,256}");
  private static final Pattern VISIBLE = Pattern.compile("[^\\p{Cntrl}\\p{Z}\\s]{1,256}");

  /**
   * An alphanumeric sender ID: up to 11 letters, digits and spaces
   * (https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id). A word without a capital
   * letter and without a digit is more likely a mistake of the caller.
   */
  private static final Pattern SENDER_ID =
      Pattern.compile("(?=.*[A-Za-z])(?=.*[A-Z0-9])[A-Za-z0-9][A-Za-z0-9 &_]{0,9}[A-Za-z0-9]");

  private static final Pattern E_MAIL = Pattern.compile("[^\\p{Cntrl}\\s@]+@[^\\p{Cntrl}\\s@]+");

  private PhoneNumberParser() {}

  /**
   * The address.
   *
   * @param field the field of the request, for the error
   * @throws ProblemException 400 if this is no address
   */
  public static PhoneAddress read(String field, String typed) {
    return parse(typed).orElseThrow(() -> refusal(field));
  }

  /**
   * Parses the address of a person to search for: accepts every name that can occur in a webhook,
   * also names that {@link #read} refuses.
   *
   * @throws ProblemException 400 if no sender can have this name
   */
  public static PhoneAddress lookUp(String field, String typed) {
    return parse(typed)
        .or(
            () ->
                Optional.of(typed.strip())
                    .filter(name -> NAME.matcher(name).matches() || isHook(name))
                    .map(PhoneAddress::of))
        .orElseThrow(() -> refusal(field));
  }

  private static boolean isHook(String name) {
    return name.startsWith(Channel.HOOK.scheme()) && name.length() <= LONGEST_HOOK;
  }

  /** Returns the refusal of a value that is not an address. */
  public static ProblemException refusal(String field) {
    return ProblemException.of(
        400,
        field
            + " must be a phone number with its country code and all of its digits, such as "
            + "+15551234567 or whatsapp:+15551234567, or Twilio's name of another sender "
            + "(whatsapp:US.…, rcs:…, a short code)");
  }

  /** Returns the address; empty if the value is not an address. */
  public static Optional<PhoneAddress> parse(String typed) {
    if (typed.length() > LONGEST) {
      return Optional.empty();
    }
    String name = SPACE.matcher(INVISIBLE.matcher(typed).replaceAll("")).replaceAll(" ").strip();
    Channel channel = channel(name);
    String value = name.substring(channel.scheme().length()).strip();
    String number = asciiNumber(value);
    Optional<String> read =
        switch (channel) {
          case SMS -> e164(number).or(() -> otherSender(value, number));
          case WHATSAPP -> whatsApp(number).or(() -> userId(value));
          case RCS -> e164(number).or(() -> visible(value));
          case MESSENGER, SIP, CLIENT -> visible(value);
          // No caller names a hook as a sender.
          case HOOK -> Optional.empty();
        };
    return read.map(found -> new PhoneAddress(channel, found));
  }

  private static Channel channel(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Channel channel : Channel.values()) {
      if (channel != Channel.SMS && lower.startsWith(channel.scheme())) {
        return channel;
      }
    }
    return Channel.SMS;
  }

  /**
   * Converts full-width digits, other scripts' digits, dashes and spaces to the form that the
   * parser accepts.
   */
  private static String asciiNumber(String typed) {
    String plain = Normalizer.normalize(typed, Normalizer.Form.NFKC);
    plain = SPACE.matcher(plain).replaceAll(" ");
    plain = DASH.matcher(plain).replaceAll("-");
    plain = DOT.matcher(plain).replaceAll(".");
    StringBuilder ascii = new StringBuilder(plain.length());
    plain
        .codePoints()
        .forEach(
            c -> ascii.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
    return ascii.toString().strip();
  }

  /**
   * Returns the number if its length is right for its country: too short a number reaches another
   * person.
   */
  private static Optional<String> e164(String typed) {
    if (!AS_TYPED.matcher(typed).matches()) {
      return Optional.empty();
    }
    PhoneNumberUtil util = PhoneNumberUtil.getInstance();
    try {
      PhoneNumber parsed = util.parse(typed, null);
      // Checks for a possible, not a valid number: test numbers and new ranges are in no table.
      return Optional.of(parsed)
          .filter(number -> util.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE)
          .map(number -> util.format(number, PhoneNumberFormat.E164));
    } catch (NumberParseException unreadable) {
      return Optional.empty();
    }
  }

  /** WhatsApp also uses numbers that their country has withdrawn: these stay unchanged. */
  private static Optional<String> whatsApp(String typed) {
    if (!AS_TYPED.matcher(typed).matches()) {
      return Optional.empty();
    }
    String digits = typed.replaceAll("[^+0-9]", "");
    boolean isSpelling =
        PLAIN.matcher(digits).matches()
            && WhatsAppSpellings.of(digits).stream()
                .anyMatch(spelling -> e164(spelling).filter(spelling::equals).isPresent());
    return isSpelling ? Optional.of(digits) : e164(typed);
  }

  private static Optional<String> userId(String value) {
    return Optional.of(value).filter(id -> new PhoneAddress(Channel.WHATSAPP, id).isUserId());
  }

  private static Optional<String> visible(String value) {
    return Optional.of(value).filter(name -> VISIBLE.matcher(name).matches());
  }

  private static Optional<String> otherSender(String value, String number) {
    if (SHORT_CODE.matcher(number).matches()) {
      return Optional.of(number);
    }
    return Optional.of(value)
        .filter(name -> SENDER_ID.matcher(name).matches() || E_MAIL.matcher(name).matches());
  }
}
