package chat.switchboard.routing;

import chat.switchboard.phone.PhoneIdentity;
import chat.switchboard.phone.ServiceNumber;
import java.util.Optional;

/**
 * The sender of a message, and the service number.
 *
 * @param from the person: E.164, {@code whatsapp:+…}, {@code rcs:…}, a short code or a name
 * @param to the service number, if known
 * @param source the source of the message, such as {@code sms}; for the title of a new conversation
 * @param code a code that a program sends beside the text; a person types the code in the text
 * @param conversationSid the Twilio conversation (group MMS), if the message came from one
 * @param named whether the caller gave the name to show, which a label does not replace
 * @param person the person with all known names
 */
public record Contact(
    String from,
    Optional<String> to,
    String source,
    Optional<String> code,
    Optional<String> conversationSid,
    boolean named,
    PhoneIdentity person) {

  /** Returns a contact with the names that follow from the address alone. */
  public Contact(
      String from,
      Optional<String> to,
      String source,
      Optional<String> code,
      Optional<String> conversationSid,
      boolean named) {
    this(from, to, source, code, conversationSid, named, PhoneIdentity.of(from));
  }

  /** Returns a contact with an address only. */
  public Contact(String from, Optional<String> to, String source) {
    this(from, to, source, Optional.empty(), Optional.empty(), false);
  }

  Contact as(PhoneIdentity known) {
    return new Contact(from, to, source, code, conversationSid, named, known);
  }

  /** Our number as a mapping names it. */
  String serviceNumber() {
    return to.orElse(ServiceNumber.ANY);
  }

  /** Returns the key of the person's account. */
  String account() {
    return person.address().account();
  }
}
