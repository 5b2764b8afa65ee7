package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.routing.Route;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.routing.Router;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds the conversation of a message, and of an entry of the inbox. */
@ApplicationScoped
class EntryRouter {

  private final Router router;
  private final Conversations conversations;
  private final Inbox inbox;

  EntryRouter(Router router, Conversations conversations, Inbox inbox) {
    this.router = router;
    this.conversations = conversations;
    this.inbox = inbox;
  }

  /** Returns the route of a message by its destination and its text. */
  Uni<Route> route(InboundMessage message) {
    if (message.destination() instanceof ToConversation to) {
      return router.toConversation(to.conversationId(), message.sender());
    }
    // A code is looked for in the text of a person; a program shows its code beside the text.
    Optional<String> typed =
        message.key().filter(TwilioMessage.class::isInstance).map(key -> message.parts().get(0));
    return router.toContact(((ToContact) message.destination()).contact(), typed);
  }

  /** Returns the route that an earlier attempt fixed, as far as its conversation still exists. */
  Uni<Route> again(InboxEntry entry) {
    return conversations
        .find(entry.lane, entry.user)
        .map(
            found ->
                found
                    .<Route>map(
                        conversation ->
                            conversation.readOnly()
                                ? new Route.ReadOnly()
                                : new Route.Into(conversation, mapping(entry)))
                    .orElseGet(Route.NoConversation::new));
  }

  /**
   * Fixes the conversation of an entry of which only the sender is known. Returns the entry
   * unchanged if its message is refused.
   */
  Uni<InboxEntry> findLane(InboxEntry entry) {
    if (entry.lane != null) {
      return Uni.createFrom().item(entry);
    }
    InboundMessage message = Envelope.open(entry.envelope);
    return route(message)
        .flatMap(
            route ->
                route instanceof Route.Into into && message.key().isPresent()
                    ? inbox.route(
                        entry,
                        message,
                        into,
                        DedupeIds.message(message.key().get(), into.conversation().conversationId))
                    : Uni.createFrom().item(entry));
  }

  /** Returns the mapping that led to the entry's conversation. */
  static Optional<MappingUsed> mapping(InboxEntry entry) {
    return Optional.ofNullable(entry.mappingId)
        .map(id -> new MappingUsed(id, entry.lane, Boolean.TRUE.equals(entry.mappingCreated)));
  }
}
