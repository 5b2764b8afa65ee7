package chat.switchboard.routing;

import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.address.ServiceNumber;
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
 * @param opening the owner and the title of a new conversation, where the caller knows them;
 *     otherwise the settings of the service number
 * @param person the person with all known names
 * @param owner the user whose own phone the person texts from
 */
public record Contact(
    String from,
    Optional<String> to,
    String source,
    Optional<String> code,
    Optional<String> conversationSid,
    boolean named,
    Optional<Opening> opening,
    PhoneIdentity person,
    Optional<PhoneOwner> owner) {

  /**
   * A new conversation of a contact that may always open one.
   *
   * @param owner the LibreChat user, by id or e-mail address
   */
  public record Opening(
      String owner,
      String title,
      Optional<String> endpoint,
      Optional<String> model,
      Optional<String> agentId) {}

  /** Returns a contact with the names that follow from the address alone. */
  public Contact(
      String from,
      Optional<String> to,
      String source,
      Optional<String> code,
      Optional<String> conversationSid,
      boolean named) {
    this(from, to, source, code, conversationSid, named, Optional.empty());
  }

  /** Returns a contact with the names that follow from the address alone. */
  public Contact(
      String from,
      Optional<String> to,
      String source,
      Optional<String> code,
      Optional<String> conversationSid,
      boolean named,
      Optional<Opening> opening) {
    this(
        from,
        to,
        source,
        code,
        conversationSid,
        named,
        opening,
        PhoneIdentity.of(from),
        Optional.empty());
  }

  /** Returns a contact with an address only. */
  public Contact(String from, Optional<String> to, String source) {
    this(from, to, source, Optional.empty(), Optional.empty(), false);
  }

  Contact as(PhoneIdentity known) {
    return new Contact(from, to, source, code, conversationSid, named, opening, known, owner);
  }

  Contact of(Optional<PhoneOwner> user) {
    return new Contact(from, to, source, code, conversationSid, named, opening, person, user);
  }

  /**
   * Whether the owner of the person's own phone can have messages of the person without a code: not
   * in a group, whose conversation belongs to all members, and not where the caller knows the
   * conversation's owner.
   */
  boolean mayBeOwnPhone() {
    return conversationSid.isEmpty() && opening.isEmpty();
  }

  /** Whether the person texts from an own phone of the mapping's user. */
  boolean isOwnPhoneOf(String user) {
    return owner.filter(known -> known.user().equals(user)).isPresent();
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
