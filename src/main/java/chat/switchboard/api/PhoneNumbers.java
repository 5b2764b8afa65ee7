package chat.switchboard.api;

import chat.switchboard.ops.Refusal;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.regex.Pattern;

/** Reads phone numbers as people type them, and the names that Twilio gives to other senders. */
@ApplicationScoped
class PhoneNumbers {

  private static final String WHATSAPP = "whatsapp:";
  private static final Pattern RCS = Pattern.compile("rcs:[^\\s\\p{Cntrl}]{1,64}");
  private static final Pattern SHORT_CODE = Pattern.compile("[0-9]{3,8}");

  /** Letters dial too ("1-800-FLOWERS"), but here they are more likely a mistake. */
  private static final Pattern AS_TYPED = Pattern.compile("\\+[0-9 ()./-]{3,40}");

  /**
   * The number in the form that it is stored in: E.164, {@code whatsapp:+…}, {@code rcs:…} or a
   * short code.
   *
   * @param field what it is called in the request, for the error
   */
  String read(String field, String typed) {
    String number = typed.strip();
    if (SHORT_CODE.matcher(number).matches() || RCS.matcher(number).matches()) {
      return number;
    }
    return number.startsWith(WHATSAPP)
        ? WHATSAPP + e164(field, number.substring(WHATSAPP.length()))
        : e164(field, number);
  }

  private static String e164(String field, String number) {
    if (AS_TYPED.matcher(number).matches()) {
      PhoneNumberUtil util = PhoneNumberUtil.getInstance();
      try {
        PhoneNumber parsed = util.parse(number, null);
        // Possible, not valid: numbers for tests and new ranges are in no table.
        if (util.isPossibleNumber(parsed)) {
          return util.format(parsed, PhoneNumberFormat.E164);
        }
      } catch (NumberParseException unreadable) {
        // answered below
      }
    }
    throw Refusal.of(
        400,
        field
            + " must be a phone number in the form +15551234567, whatsapp:+15551234567, rcs:…, or a"
            + " short code");
  }
}
