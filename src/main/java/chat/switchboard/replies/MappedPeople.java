package chat.switchboard.replies;

import chat.switchboard.librechat.Conversations;
import chat.switchboard.outbound.PeopleDirectory;
import chat.switchboard.routing.Mappings;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/** Answers the spend guard's questions from the mappings and LibreChat's conversations. */
@ApplicationScoped
class MappedPeople implements PeopleDirectory {

  private final Conversations conversations;
  private final Mappings mappings;

  MappedPeople(Conversations conversations, Mappings mappings) {
    this.conversations = conversations;
    this.mappings = mappings;
  }

  @Override
  public Uni<Optional<String>> owner(String conversationId) {
    UUID id;
    try {
      id = UUID.fromString(conversationId);
    } catch (IllegalArgumentException noConversation) {
      return Uni.createFrom().item(Optional.empty());
    }
    return conversations.find(id).map(found -> found.map(conversation -> conversation.user));
  }

  @Override
  public Uni<Boolean> isKnown(String person, Instant before) {
    return mappings.isMapped(person, Date.from(before));
  }
}
