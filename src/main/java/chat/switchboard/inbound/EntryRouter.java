package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.RoutedEntry.Finished;
import chat.switchboard.inbound.RoutedEntry.InLane;
import chat.switchboard.inbound.RoutedEntry.NoLane;
import chat.switchboard.routing.ConversationRouter;
import chat.switchboard.routing.Route;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.routing.Router;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Finds the conversation of a message, and fixes the conversation of an inbox entry. */
@Singleton
class EntryRouter {

  private final Router people;
  private final ConversationRouter conversations;
  private final Inbox inbox;

  EntryRouter(Router people, ConversationRouter conversations, Inbox inbox) {
    this.people = people;
    this.conversations = conversations;
    this.inbox = inbox;
  }

  /** Returns the route of a message by its destination and its text. */
  Uni<Route> route(InboundMessage message) {
    return message.destination() instanceof ToConversation to
        ? to.owner()
            .map(owner -> conversations.route(to.conversationId(), owner, message.sender()))
            .orElseGet(() -> conversations.route(to.conversationId(), message.sender()))
        : people.route(((ToContact) message.destination()).contact(), message.typed());
  }

  /**
   * Returns the route of a message into a conversation that an earlier message went to, without a
   * read; the lane reads the conversation before it writes.
   */
  Optional<Route.Into> remembered(InboundMessage message) {
    return message.destination() instanceof ToConversation to && to.owner().isEmpty()
        ? conversations.remembered(to.conversationId())
        : Optional.empty();
  }

  /**
   * Fixes the conversation of a waiting entry. If another replica fixes a conversation first, or
   * the conversation of an earlier attempt is gone, the entry is routed again.
   */
  Uni<RoutedEntry> fix(InboxEntry entry, InboundMessage message) {
    return entry.lane == null ? first(entry, message) : again(entry, message);
  }

  private Uni<RoutedEntry> first(InboxEntry entry, InboundMessage message) {
    return route(message)
        .flatMap(
            route ->
                route instanceof Route.Into into
                    ? fix(entry, message, into).flatMap(fixed -> follow(fixed, message, into))
                    : Uni.createFrom().item(new NoLane(entry, route)));
  }

  private Uni<InboxEntry> fix(InboxEntry entry, InboundMessage message, Route.Into into) {
    return inbox.route(
        entry,
        message,
        into,
        DedupeIds.message(message.key(), entry.id, into.conversation().conversationId));
  }

  private Uni<RoutedEntry> follow(InboxEntry fixed, InboundMessage message, Route.Into into) {
    if (fixed == null || !fixed.state.isOpen()) {
      return finished(fixed);
    }
    return into.conversation().conversationId.equals(fixed.lane)
        ? Uni.createFrom().item(new InLane(fixed, into))
        : fix(fixed, message);
  }

  private Uni<RoutedEntry> again(InboxEntry entry, InboundMessage message) {
    return conversations
        .again(entry.lane, entry.user, mapping(entry))
        .flatMap(
            route -> {
              if (route instanceof Route.Into into) {
                return Uni.createFrom().item(new InLane(entry, into));
              }
              // A person's message goes into the conversation that follows the deleted one.
              return message.destination() instanceof ToContact
                  ? inbox.unroute(entry).flatMap(unrouted -> refix(unrouted, message))
                  : Uni.createFrom().item(new NoLane(entry, route));
            });
  }

  private Uni<RoutedEntry> refix(InboxEntry unrouted, InboundMessage message) {
    return unrouted == null || !unrouted.state.isOpen()
        ? finished(unrouted)
        : fix(unrouted, message);
  }

  private static Uni<RoutedEntry> finished(InboxEntry entry) {
    return Uni.createFrom().item(new Finished(Optional.ofNullable(entry)));
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
                route instanceof Route.Into into
                    ? fix(entry, message, into)
                    : Uni.createFrom().item(entry));
  }

  /** Whether the conversation of a waiting entry is deleted, or takes no messages now. */
  Uni<Boolean> isLost(InboxEntry entry) {
    return conversations
        .again(entry.lane, entry.user, Optional.empty())
        .map(route -> !(route instanceof Route.Into));
  }

  /**
   * Finds the next conversation of an entry whose conversation is lost. Returns the entry without a
   * conversation if its message is refused, and null if the entry was removed.
   */
  Uni<InboxEntry> moveOn(InboxEntry lost) {
    return inbox
        .unroute(lost)
        .flatMap(
            unrouted ->
                unrouted == null || !unrouted.state.isOpen()
                    ? Uni.createFrom().item(unrouted)
                    : findLane(unrouted));
  }

  /** Returns the mapping that led to the entry's conversation. */
  static Optional<MappingUsed> mapping(InboxEntry entry) {
    return Optional.ofNullable(entry.mappingId)
        .map(id -> new MappingUsed(id, entry.lane, Boolean.TRUE.equals(entry.mappingCreated)));
  }
}
