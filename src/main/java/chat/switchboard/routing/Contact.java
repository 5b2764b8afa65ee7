package chat.switchboard.routing;

import chat.switchboard.phone.PhoneIdentity;
import chat.switchboard.phone.ServiceNumber;
import java.util.Optional;

/**
 * Who wrote to us, and to which of our numbers.
 *
 * @param from the person: E.164, {@code whatsapp:+…}, {@code rcs:…}, a short code or a name
 * @param to our number, if it is known
 * @param source where it came from, such as {@code sms}; for the title of a new conversation
 * @param code shown by a program beside the text; a person types it in the text
 * @param conversationSid Twilio's own conversation (group MMS), if it came through one
 * @param named whether the caller gave the name to show, which a label does not replace
 * @param person the person with every name that is known
 */
public record Contact(
    String from,
    Optional<String> to,
    String source,
    Optional<String> code,
    Optional<String> conversationSid,
    boolean named,
    PhoneIdentity person) {

  /** A person with the names that follow from the address alone. */
  public Contact(
      String from,
      Optional<String> to,
      String source,
      Optional<String> code,
      Optional<String> conversationSid,
      boolean named) {
    this(from, to, source, code, conversationSid, named, PhoneIdentity.of(from));
  }

  /** A person of whom nothing more is known. */
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

  /** The key of the person's account. */
  String account() {
    return person.address().account();
  }
}
