package chat.switchboard.inbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.Names;
import chat.switchboard.ops.DuplicateKey;
import chat.switchboard.routing.Route;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.UUID;

/** Remembers the messages that carry a key, so that each goes into one conversation once. */
@ApplicationScoped
class Inbox {

  private final Clock clock;

  Inbox(Clock clock) {
    this.clock = clock;
  }

  /** Keeps the message under its key; if it is kept already, returns what was kept. */
  Uni<InboxEntry> accept(InboundMessage message, DedupeKey key) {
    InboxEntry entry = new InboxEntry();
    entry.id = id(message.destination(), key).toString();
    entry.fingerprint = Fingerprint.of(message);
    entry.state = State.RECEIVED;
    entry.receivedAt = new Date(clock.millis());
    return entry
        .<InboxEntry>persist()
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> InboxEntry.<InboxEntry>findById(entry.id))
        // Between the two, whoever was first may have taken its entry back: this is the first then.
        .onItem()
        .ifNull()
        .switchTo(() -> accept(message, key));
  }

  /** Fixes where the message goes; the first to say so is right, and everyone follows. */
  Uni<InboxEntry> route(InboxEntry entry, Route.Into route, UUID messageId) {
    return InboxEntry.mongoCollection()
        .updateOne(
            and(eq("_id", entry.id), eq("lane", null)),
            Updates.combine(
                Updates.set("lane", route.conversation().conversationId),
                Updates.set("user", route.conversation().user),
                Updates.set("messageId", messageId.toString()),
                Updates.set("mappingId", route.mapping().map(used -> used.id()).orElse(null)),
                Updates.set(
                    "mappingCreated", route.mapping().map(used -> used.created()).orElse(null))))
        .flatMap(done -> InboxEntry.<InboxEntry>findById(entry.id));
  }

  /** Notes that the message stands in its conversation. */
  Uni<Void> appended(InboxEntry entry) {
    return InboxEntry.mongoCollection()
        .updateOne(eq("_id", entry.id), Updates.set("state", State.APPENDED.name()))
        .replaceWithVoid();
  }

  /** Takes back a message that was refused, so that it may come again when it can be taken. */
  Uni<Void> forget(InboxEntry entry) {
    return InboxEntry.deleteById(entry.id).replaceWithVoid();
  }

  private static UUID id(Destination destination, DedupeKey key) {
    if (key instanceof TwilioMessage twilio) {
      return Names.uuid("twilio", twilio.accountSid(), twilio.messageSid());
    }
    String value = ((IdempotencyKey) key).value();
    if (destination instanceof ToConversation to) {
      return Names.uuid("key", to.conversationId().toString(), value);
    }
    ToContact to = (ToContact) destination;
    return Names.uuid("key", to.contact().from(), to.contact().to().orElse(""), value);
  }

  /** The message's id: of account and SID, or of conversation and key. */
  static UUID messageId(DedupeKey key, String conversationId) {
    if (key instanceof TwilioMessage twilio) {
      return Names.uuid("twilio", twilio.accountSid(), twilio.messageSid());
    }
    return Names.uuid("key", conversationId, ((IdempotencyKey) key).value());
  }
}
