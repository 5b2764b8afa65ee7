package chat.switchboard.routing;

import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.address.ServiceNumber;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.User;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Date;

/**
 * Makes mappings; the id of a mapping is computed, so that a repeated call makes the same mapping.
 */
@Singleton
class MappingFactory {

  private final Clock clock;

  MappingFactory(Clock clock) {
    this.clock = clock;
  }

  /** Makes the own mapping of a stranger, to a conversation that is not opened yet. */
  Mapping introduced(Contact contact, User owner, String conversationId) {
    Mapping mapping =
        mapping(contact.from(), contact.serviceNumber(), conversationId, owner.id.toHexString());
    mapping.id = MappingIds.own(contact);
    mapping.opened = false;
    mapping.ownPhone = contact.isOwnPhoneOf(mapping.user) ? true : null;
    mapping.conversationSid = contact.conversationSid().orElse(null);
    return mapping;
  }

  /** Makes a further mapping of a person, to an existing conversation. */
  Mapping joined(Contact contact, Conversation conversation) {
    Mapping mapping =
        mapping(
            contact.from(),
            contact.serviceNumber(),
            conversation.conversationId,
            conversation.user);
    mapping.id = MappingIds.to(contact.account(), contact.serviceNumber(), mapping.conversationId);
    mapping.opened = true;
    mapping.ownPhone = contact.isOwnPhoneOf(mapping.user) ? true : null;
    mapping.conversationSid = contact.conversationSid().orElse(null);
    return mapping;
  }

  /** Makes a further mapping of an own phone, to a conversation that is not opened yet. */
  Mapping begun(Contact contact, PhoneOwner owner, String conversationId) {
    Mapping mapping =
        mapping(contact.from(), contact.serviceNumber(), conversationId, owner.user());
    mapping.id = MappingIds.to(contact.account(), contact.serviceNumber(), conversationId);
    mapping.opened = false;
    mapping.ownPhone = true;
    return mapping;
  }

  /** Makes the successor of a mapping, to a conversation that is not opened yet. */
  Mapping successor(Mapping old, String conversationId) {
    Mapping mapping = mapping(old.phoneNumber, old.serviceNumber, conversationId, old.user);
    mapping.id =
        MappingIds.to(
            PhoneAddress.of(old.phoneNumber).account(), old.serviceNumber, conversationId);
    mapping.opened = false;
    mapping.label = old.label;
    mapping.ownPhone = old.ownPhone;
    mapping.chosenAt = old.chosenAt;
    mapping.forwardOwner = old.forwardOwner;
    mapping.conversationSid = old.conversationSid;
    return mapping;
  }

  /** Makes a mapping that a caller of the API asks for. */
  Mapping requested(PhoneIdentity person, Mappings.Wanted wanted, Conversation conversation) {
    Mapping mapping =
        mapping(
            person.address().text(),
            wanted.serviceNumber().orElse(ServiceNumber.ANY),
            conversation.conversationId,
            conversation.user);
    mapping.id =
        MappingIds.to(person.address().account(), mapping.serviceNumber, mapping.conversationId);
    mapping.opened = true;
    mapping.label = wanted.label().orElse(null);
    mapping.forwardOwner = wanted.forwardOwner().orElse(null);
    return mapping;
  }

  private Mapping mapping(
      String phoneNumber, String serviceNumber, String conversationId, String user) {
    Mapping mapping = new Mapping();
    mapping.phoneNumber = phoneNumber;
    mapping.serviceNumber = serviceNumber;
    mapping.conversationId = conversationId;
    mapping.user = user;
    mapping.createdAt = new Date(clock.millis());
    mapping.lastUsed = mapping.createdAt;
    return mapping;
  }
}
