package chat.switchboard.phones;

import chat.switchboard.address.PhoneAddress;
import java.util.Optional;

/**
 * A text of a person that may be the code of an own phone, or a command.
 *
 * @param person the sender
 * @param to the service number, if known
 * @param accountSid the account at Twilio; empty if unknown
 * @param messageSid Twilio's id of the message in one spelling, which is the same when Twilio
 *     repeats the webhook
 * @param inGroup whether the text was sent in a Twilio group, where others read it
 * @param words the whole text
 * @param mayBeAnswered false if the sender has opted out or is above the limit of texts
 */
public record PhoneText(
    PhoneAddress person,
    Optional<String> to,
    String accountSid,
    String messageSid,
    boolean inGroup,
    String words,
    boolean mayBeAnswered) {}
