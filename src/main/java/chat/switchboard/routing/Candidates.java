package chat.switchboard.routing;

import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.Users;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/**
 * Finds the mapping that a message follows, and reads the conversation and the owner of the
 * mapping.
 */
@Singleton
class Candidates {

  private final MappingStore store;
  private final Codes codes;
  private final Conversations conversations;
  private final Users users;
  private final RoutingLog log;

  Candidates(
      MappingStore store, Codes codes, Conversations conversations, Users users, RoutingLog log) {
    this.store = store;
    this.codes = codes;
    this.conversations = conversations;
    this.users = users;
    this.log = log;
  }

  /** Returns the mapping with this code. */
  Uni<Optional<Candidate>> withCode(String code) {
    return read(codes.find(code));
  }

  /**
   * Returns the mapping of the name that the person uses now; without such a mapping that of the
   * person's other names.
   */
  Uni<Optional<Candidate>> ofPerson(Contact contact) {
    List<String> names = contact.person().names();
    return read(
        store
            .active(contact, List.of(contact.from()))
            .flatMap(
                found ->
                    found.isPresent() || names.size() == 1
                        ? Uni.createFrom().item(found)
                        : store.active(contact, names))
            .invoke(found -> log.lookedUp(contact, found)));
  }

  /** Returns the last used mapping of a Twilio group. */
  Uni<Optional<Candidate>> ofGroup(String conversationSid) {
    return read(store.ofGroup(conversationSid));
  }

  private Uni<Optional<Candidate>> read(Uni<Optional<Mapping>> mapping) {
    return mapping.flatMap(
        found ->
            found
                .map(there -> read(there).map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty())));
  }

  /** Reads the conversation of a mapping and its owner. */
  Uni<Candidate> read(Mapping mapping) {
    return Uni.combine()
        .all()
        .unis(conversations.find(mapping.conversationId, mapping.user), users.find(mapping.user))
        .with((conversation, owner) -> new Candidate(mapping, conversation, owner));
  }
}
