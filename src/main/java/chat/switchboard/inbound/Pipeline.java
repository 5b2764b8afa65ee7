package chat.switchboard.inbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.MessageAppender;
import chat.switchboard.librechat.NewMessage;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.routing.Route;
import chat.switchboard.routing.Route.MappingUsed;
import chat.switchboard.routing.Router;
import chat.switchboard.stream.Announcer;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** The one road of every message: receive, route, append, announce. */
@ApplicationScoped
public class Pipeline {

  private static final Logger LOG = Logger.getLogger(Pipeline.class);

  private final Inbox inbox;
  private final Router router;
  private final Conversations conversations;
  private final MessageAppender appender;
  private final Announcer announcer;
  private final SwitchboardConfig config;
  private final MeterRegistry meters;

  Pipeline(
      Inbox inbox,
      Router router,
      Conversations conversations,
      MessageAppender appender,
      Announcer announcer,
      SwitchboardConfig config,
      MeterRegistry meters) {
    this.inbox = inbox;
    this.router = router;
    this.conversations = conversations;
    this.appender = appender;
    this.announcer = announcer;
    this.config = config;
    this.meters = meters;
  }

  /** Takes a message; when the receipt says that it is stored, it is in MongoDB. */
  public Uni<Receipt> receive(InboundMessage message) {
    return message
        .key()
        .map(key -> once(message, key))
        .orElseGet(() -> deliver(message))
        .ifNoItem()
        .after(config.database().timeout())
        .fail()
        .invoke(receipt -> count(message, receipt));
  }

  private Uni<Receipt> deliver(InboundMessage message) {
    return route(message)
        .flatMap(
            route ->
                route instanceof Route.Into into
                    ? append(message, into.conversation(), UUID.randomUUID())
                        .map(appended -> stored(appended, into.mapping()))
                    : Uni.createFrom().item(refused(route)));
  }

  private Uni<Receipt> once(InboundMessage message, DedupeKey key) {
    return inbox
        .accept(message, key)
        .flatMap(
            entry -> {
              if (!(key instanceof TwilioMessage)
                  && !entry.fingerprint.equals(Fingerprint.of(message))) {
                return Uni.createFrom().item(new Receipt.Conflict());
              }
              return entry.state == State.APPENDED ? replay(entry) : proceed(entry, message, key);
            });
  }

  private Uni<Receipt> proceed(InboxEntry entry, InboundMessage message, DedupeKey key) {
    Uni<Route> routed = entry.lane == null ? route(message) : again(entry);
    return routed.flatMap(
        route -> {
          if (!(route instanceof Route.Into into)) {
            return inbox.forget(entry).replaceWith(refused(route));
          }
          UUID messageId = Inbox.messageId(key, into.conversation().conversationId);
          return inbox
              .route(entry, into, messageId)
              .flatMap(
                  fixed ->
                      fixed.lane.equals(into.conversation().conversationId)
                          ? append(message, into.conversation(), messageId)
                              .call(() -> inbox.appended(fixed))
                              .map(appended -> stored(appended, mapping(fixed)))
                          : proceed(fixed, message, key));
        });
  }

  private Uni<Route> route(InboundMessage message) {
    if (message.destination() instanceof ToConversation to) {
      return router.toConversation(to.conversationId(), message.sender());
    }
    return router.toContact(((ToContact) message.destination()).contact());
  }

  /** The way that an earlier try had found. */
  private Uni<Route> again(InboxEntry entry) {
    return conversations
        .find(entry.lane, entry.user)
        .map(
            found ->
                found
                    .<Route>map(conversation -> new Route.Into(conversation, mapping(entry)))
                    .orElseGet(Route.NoConversation::new));
  }

  private Uni<Appended> append(InboundMessage message, Conversation conversation, UUID messageId) {
    return appender
        .append(
            conversation,
            new NewMessage(
                messageId, message.parts(), message.sender(), message.source(), message.metadata()))
        .invoke(
            appended -> {
              if (appended instanceof Appended.Now now) {
                announcer.announce(now.message());
              }
            });
  }

  private Uni<Receipt> replay(InboxEntry entry) {
    return Message.<Message>find(and(eq("messageId", entry.messageId), eq("user", entry.user)))
        .firstResult()
        .map(
            found ->
                found == null
                    ? new Receipt.Gone()
                    : new Receipt.Stored(found, mapping(entry), true));
  }

  private static Optional<MappingUsed> mapping(InboxEntry entry) {
    return Optional.ofNullable(entry.mappingId)
        .map(id -> new MappingUsed(id, entry.lane, Boolean.TRUE.equals(entry.mappingCreated)));
  }

  private static Receipt stored(Appended appended, Optional<MappingUsed> mapping) {
    return new Receipt.Stored(appended.message(), mapping, appended instanceof Appended.Before);
  }

  private static Receipt refused(Route route) {
    return route instanceof Route.NoOwner ? new Receipt.NoOwner() : new Receipt.NoConversation();
  }

  private void count(InboundMessage message, Receipt receipt) {
    String outcome = receipt.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    meters
        .counter(
            "switchboard.messages",
            "door",
            message.destination() instanceof ToConversation ? "conversation" : "contact",
            "outcome",
            outcome)
        .increment();
    if (receipt instanceof Receipt.Stored stored) {
      LOG.debugf("Message %s stored, replayed: %s", stored.message().messageId, stored.replayed());
    }
  }
}
