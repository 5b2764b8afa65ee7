package chat.switchboard.routing;

import chat.switchboard.librechat.DeterministicIds;
import java.util.Optional;
import java.util.stream.Stream;

/** Derives the ids of mappings and of their conversations. */
final class MappingIds {

  private MappingIds() {}

  /** Returns the id of the mapping that a person gets as a stranger. */
  static String own(Contact contact) {
    return contact
        .owner()
        .map(owner -> ofOwnPhone(contact.account(), contact.serviceNumber(), owner.user()))
        .orElseGet(
            () -> own(contact.account(), contact.serviceNumber(), contact.conversationSid()));
  }

  /** Returns the id of the first mapping of a user's own phone. */
  private static String ofOwnPhone(String account, String serviceNumber, String user) {
    return DeterministicIds.uuid("own phone", account, serviceNumber, user).toString();
  }

  /** Whether a person got this mapping as a stranger, under any name. */
  static boolean isOwn(Mapping mapping, Contact contact) {
    return Stream.concat(
            Stream.of(contact.account(), mapping.phoneNumber), contact.person().names().stream())
        .flatMap(
            name ->
                Stream.of(
                    own(name, mapping.serviceNumber, Optional.ofNullable(mapping.conversationSid)),
                    ofOwnPhone(name, mapping.serviceNumber, mapping.user)))
        .anyMatch(mapping.id::equals);
  }

  private static String own(String name, String serviceNumber, Optional<String> conversationSid) {
    return conversationSid
        .map(sid -> DeterministicIds.uuid("group", name, sid))
        .orElseGet(() -> DeterministicIds.uuid("mapping", name, serviceNumber))
        .toString();
  }

  /** Returns the id of a mapping that a code or a caller of the API makes. */
  static String to(String account, String serviceNumber, String conversationId) {
    return DeterministicIds.uuid("mapping", account, serviceNumber, conversationId).toString();
  }

  /**
   * Returns the id of the conversation that follows an archived one: the same for every person who
   * writes there, and for every replica.
   */
  static String conversationAfter(String archived) {
    return DeterministicIds.uuid("after archived", archived).toString();
  }

  /** Returns the id of the conversation that all first members of a group open together. */
  static String conversationOfGroup(String conversationSid) {
    return DeterministicIds.uuid("group conversation", conversationSid).toString();
  }
}
