package chat.switchboard.inbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;

import chat.switchboard.inbound.InboundMessage.DedupeKey;
import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.DeterministicIds;
import chat.switchboard.librechat.Message;
import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.replies.InboxRetentionConfig;
import chat.switchboard.routing.Route;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonTimestamp;
import org.bson.conversions.Bson;

/** Keeps messages until they stand in their conversation, and remembers which have come. */
@ApplicationScoped
public class Inbox {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final InboxConfig inboxConfig;
  private final LeaseConfig leaseConfig;
  private final InboxRetentionConfig inboxRetentionConfig;
  private final ReplyDecision answering;
  private final Clock clock;
  private final AtomicLong sequence = new AtomicLong();

  Inbox(
      InboxConfig inboxConfig,
      LeaseConfig leaseConfig,
      InboxRetentionConfig inboxRetentionConfig,
      ReplyDecision answering,
      Clock clock) {
    this.inboxConfig = inboxConfig;
    this.leaseConfig = leaseConfig;
    this.inboxRetentionConfig = inboxRetentionConfig;
    this.answering = answering;
    this.clock = clock;
  }

  /** Keeps the message under its key; if it is kept already, returns what was kept. */
  Uni<InboxEntry> accept(InboundMessage message, DedupeKey key) {
    InboxEntry entry = entry(message, id(message.destination(), key));
    return entry
        .<InboxEntry>persist()
        .invoke(() -> FaultPoint.reached("kept"))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> InboxEntry.<InboxEntry>findById(entry.id))
        // Between the two, whoever was first may have taken its entry back: this is the first then.
        .onItem()
        .ifNull()
        .switchTo(() -> accept(message, key));
  }

  /** Keeps a message without a key, which has to wait and whose way and id are known already. */
  Uni<InboxEntry> keep(InboundMessage message, Route.Into route, UUID messageId) {
    InboxEntry entry = entry(message, UUID.randomUUID());
    entry.lane = route.conversation().conversationId;
    entry.user = route.conversation().user;
    entry.messageId = messageId.toString();
    route
        .mapping()
        .ifPresent(
            used -> {
              entry.mappingId = used.id();
              entry.mappingCreated = used.created();
            });
    return entry
        .<InboxEntry>persist()
        // An earlier attempt stored the message, but its answer was lost.
        .onFailure(DuplicateKey::is)
        .recoverWithItem(entry);
  }

  private InboxEntry entry(InboundMessage message, UUID id) {
    InboxEntry entry = new InboxEntry();
    entry.id = id.toString();
    entry.fingerprint = Fingerprint.of(message);
    entry.state = State.RECEIVED;
    entry.envelope = Envelope.seal(message);
    entry.toBeAnswered = answering.isWanted(message);
    entry.sender = sender(message).orElse(null);
    entry.phoneNumber = message.destination() instanceof ToContact to ? to.contact().from() : null;
    entry.arrival = new BsonTimestamp(0, 0);
    entry.receivedAt = Date.from(clock.instant());
    entry.sequence = sequence.incrementAndGet();
    entry.attempts = 0;
    // Whoever received it appends it at once; others look after it when that one seems dead.
    entry.nextAttemptAt = Date.from(clock.instant().plus(leaseConfig.lease()));
    return entry;
  }

  /** Fixes where the message goes; the first to say so is right, and everyone follows. */
  Uni<InboxEntry> route(
      InboxEntry entry, InboundMessage message, Route.Into route, UUID messageId) {
    InboundMessage along = Delivery.along(message, route);
    return entries()
        .findOneAndUpdate(
            and(eq("_id", entry.id), eq("lane", null)),
            Updates.combine(
                Updates.set("lane", route.conversation().conversationId),
                Updates.set("user", route.conversation().user),
                Updates.set("messageId", messageId.toString()),
                Updates.set("envelope.parts", along.parts()),
                Updates.set("envelope.sender", along.sender()),
                Updates.set("mappingId", route.mapping().map(used -> used.id()).orElse(null)),
                Updates.set(
                    "mappingCreated", route.mapping().map(used -> used.created()).orElse(null))),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .onItem()
        .ifNull()
        .switchTo(() -> InboxEntry.<InboxEntry>findById(entry.id))
        .invoke(() -> FaultPoint.reached("routed"));
  }

  /** Forgets where it was to go, because that conversation is gone. */
  Uni<InboxEntry> unroute(InboxEntry entry) {
    return entries()
        .findOneAndUpdate(
            and(eq("_id", entry.id), eq("lane", entry.lane), eq("state", State.RECEIVED.name())),
            Updates.combine(
                Updates.unset("lane"),
                Updates.unset("user"),
                Updates.unset("messageId"),
                Updates.unset("mappingId"),
                Updates.unset("mappingCreated")))
        .flatMap(done -> InboxEntry.<InboxEntry>findById(entry.id));
  }

  /** What else is to go into this conversation, or was written by these people before. */
  Uni<List<InboxEntry>> backlog(String conversationId, Collection<String> senders, int limit) {
    Bson received = eq("state", State.RECEIVED.name());
    Bson lane = and(eq("lane", conversationId), received);
    // Each alternative is whole, so that an index gives each in the wanted order.
    Bson wanted =
        senders.isEmpty() ? lane : or(lane, and(in("sender", senders), eq("lane", null), received));
    return InboxEntry.<InboxEntry>find(wanted, Sorts.ascending("arrival", "receivedAt"))
        .page(0, limit)
        .list();
  }

  /** Notes that these messages stand in their conversation; their text is not kept twice. */
  Uni<Void> appended(Collection<String> ids) {
    return entries()
        .updateMany(
            in("_id", ids),
            Updates.combine(
                Updates.set("state", State.APPENDED.name()),
                Updates.set(
                    "forgetAt", Date.from(clock.instant().plus(inboxRetentionConfig.retention()))),
                Updates.unset("envelope"),
                Updates.unset("error"),
                Updates.unset("nextAttemptAt")))
        .invoke(() -> FaultPoint.reached("noted"))
        .replaceWithVoid();
  }

  /** What became of a message that was kept. */
  sealed interface Outcome {
    /** It waits, for the same conversation. */
    record StillThere() implements Outcome {}

    /** It stands in its conversation. */
    record Stands(Message message) implements Outcome {}

    /** It was dropped, is a dead letter, goes elsewhere, or was deleted from its conversation. */
    record Dropped() implements Outcome {}
  }

  Uni<Outcome> outcome(String id, String conversationId) {
    return find(id)
        .flatMap(
            found -> {
              if (found.isEmpty() || found.get().state == State.DEAD) {
                return Uni.createFrom().item(new Outcome.Dropped());
              }
              if (found.get().state == State.RECEIVED) {
                return Uni.createFrom()
                    .item(
                        conversationId.equals(found.get().lane)
                            ? new Outcome.StillThere()
                            : new Outcome.Dropped());
              }
              return Message.<Message>find(
                      and(eq("messageId", found.get().messageId), eq("user", found.get().user)))
                  .firstResult()
                  .map(
                      message ->
                          message == null ? new Outcome.Dropped() : new Outcome.Stands(message));
            });
  }

  /** Takes back a message that was refused, so that it may come again when it can be taken. */
  Uni<Void> forget(InboxEntry entry) {
    return InboxEntry.delete(and(eq("_id", entry.id), eq("state", State.RECEIVED.name())))
        .replaceWithVoid();
  }

  /** Puts a message aside that can never be appended as things are. */
  Uni<InboxEntry> bury(InboxEntry entry, String reason) {
    return entries()
        .findOneAndUpdate(
            and(eq("_id", entry.id), eq("state", State.RECEIVED.name())),
            Updates.combine(
                Updates.set("state", State.DEAD.name()),
                Updates.set("error", reason),
                Updates.unset("nextAttemptAt")),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .onItem()
        .ifNull()
        .continueWith(entry);
  }

  /** The messages that nobody has appended in time. */
  Uni<List<InboxEntry>> due(int limit) {
    return InboxEntry.<InboxEntry>find(
            and(
                eq("state", State.RECEIVED.name()),
                lte("nextAttemptAt", Date.from(clock.instant()))),
            Sorts.ascending("nextAttemptAt"))
        .page(0, limit)
        .list();
  }

  /** Takes such a message on; only one of several replicas gets it. */
  Uni<Optional<InboxEntry>> claim(InboxEntry entry) {
    return entries()
        .findOneAndUpdate(
            and(
                eq("_id", entry.id),
                eq("state", State.RECEIVED.name()),
                eq("nextAttemptAt", entry.nextAttemptAt)),
            Updates.combine(
                Updates.inc("attempts", 1),
                Updates.set("nextAttemptAt", nextAttempt(entry.attempts + 1))),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Notes why a try failed. */
  Uni<Void> failed(InboxEntry entry, String reason) {
    return entries().updateOne(eq("_id", entry.id), Updates.set("error", reason)).replaceWithVoid();
  }

  /** Exponential, with full jitter; but never sooner than a lease, in which somebody may act. */
  private Date nextAttempt(int attempts) {
    Backoff backoff = new Backoff(FIRST_PAUSE, inboxConfig.maxBackoff());
    return Date.from(clock.instant().plus(leaseConfig.lease()).plus(backoff.delay(attempts)));
  }

  /** One message. */
  public Uni<Optional<InboxEntry>> find(String id) {
    return InboxEntry.<InboxEntry>findById(id).map(Optional::ofNullable);
  }

  /** Messages in this state, those that came first before the others. */
  public Uni<List<InboxEntry>> list(State state, int offset, int limit) {
    return InboxEntry.<InboxEntry>find(
            eq("state", state.name()), Sorts.ascending("receivedAt", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** Removes everything that is kept of this person, and the memory of what was. */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return InboxEntry.delete(in("phoneNumber", names));
  }

  /** The number of messages in this state, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(State state) {
    return BoundedCount.of(entries(), eq("state", state.name()));
  }

  /** Gives a dead letter another chance. */
  public Uni<Optional<InboxEntry>> requeue(String id) {
    return entries()
        .findOneAndUpdate(
            and(eq("_id", id), eq("state", State.DEAD.name())),
            Updates.combine(
                Updates.set("state", State.RECEIVED.name()),
                Updates.set("attempts", 0),
                Updates.set("nextAttemptAt", Date.from(clock.instant()))),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Drops a message that waits, or a dead letter; what is appended stays remembered. */
  public Uni<Boolean> drop(String id) {
    return InboxEntry.delete(
            and(eq("_id", id), in("state", State.RECEIVED.name(), State.DEAD.name())))
        .map(dropped -> dropped > 0);
  }

  private static ReactiveMongoCollection<InboxEntry> entries() {
    return InboxEntry.mongoCollection();
  }

  /** Whether this message of Twilio's came before. */
  Uni<Boolean> isKnown(TwilioMessage message) {
    String id =
        DeterministicIds.uuid("twilio", message.accountSid(), message.messageSid()).toString();
    return InboxEntry.count(eq("_id", id))
        .flatMap(
            kept ->
                kept > 0
                    ? Uni.createFrom().item(kept)
                    // The message itself remembers it for ever.
                    : Message.count(eq("messageId", id)))
        .map(found -> found > 0);
  }

  static Optional<String> sender(InboundMessage message) {
    return message.destination() instanceof ToContact to
        ? Optional.of(
            PhoneAddress.of(to.contact().from()).account() + " " + to.contact().to().orElse(""))
        : Optional.empty();
  }

  private static UUID id(Destination destination, DedupeKey key) {
    if (key instanceof TwilioMessage twilio) {
      return DeterministicIds.uuid("twilio", twilio.accountSid(), twilio.messageSid());
    }
    String value = ((IdempotencyKey) key).value();
    if (destination instanceof ToConversation to) {
      return DeterministicIds.uuid("key", to.conversationId().toString(), value);
    }
    ToContact to = (ToContact) destination;
    return DeterministicIds.uuid("key", to.contact().from(), to.contact().to().orElse(""), value);
  }

  /** The message's id: of account and SID, or of conversation and key. */
  static UUID messageId(DedupeKey key, String conversationId) {
    if (key instanceof TwilioMessage twilio) {
      return DeterministicIds.uuid("twilio", twilio.accountSid(), twilio.messageSid());
    }
    return DeterministicIds.uuid("key", conversationId, ((IdempotencyKey) key).value());
  }
}
