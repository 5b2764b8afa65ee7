package chat.switchboard.inbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.mongo.Backoff;
import chat.switchboard.mongo.BatchCommand;
import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.mongo.Store;
import chat.switchboard.replies.InboxRetentionConfig;
import chat.switchboard.routing.Route;
import chat.switchboard.routing.Route.MappingUsed;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Moves entries of the inbox from one state to the next, each in one atomic step.
 *
 * <pre>
 *             claim, route, unroute
 *                 ┌──────┐
 *   accept ──▶ RECEIVED ◀┘ ──append──▶ APPENDED ──▶ removed after the retention
 *               │   ▲                      ▲
 *             bury  requeue                │ append (the owner of a lease wrote it meanwhile)
 *               ▼   │                      │
 *               DEAD ──────────────────────┘
 * </pre>
 */
@Store
@Singleton
class InboxTransitions {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final InboxEntries entries;
  private final InboxConfig inboxConfig;
  private final LeaseConfig leaseConfig;
  private final InboxRetentionConfig retentionConfig;
  private final Clock clock;
  private final Batcher<Collection<String>, Void> appends;

  InboxTransitions(
      InboxEntries entries,
      InboxConfig inboxConfig,
      LeaseConfig leaseConfig,
      InboxRetentionConfig retentionConfig,
      Batchers batchers,
      Clock clock) {
    this.entries = entries;
    this.inboxConfig = inboxConfig;
    this.leaseConfig = leaseConfig;
    this.retentionConfig = retentionConfig;
    this.clock = clock;
    this.appends = batchers.of(this::appendAll);
  }

  /** Fixes the conversation of an entry without one; empty if the entry has one or is removed. */
  Uni<Optional<InboxEntry>> route(
      String id, InboundMessage message, Route.Into route, UUID messageId) {
    return take(and(eq("_id", id), eq("lane", null)), routed(message, route, messageId));
  }

  /** Removes the conversation from an entry that waits for it; empty if the entry changed since. */
  Uni<Optional<InboxEntry>> unroute(String id, String lane) {
    return take(and(eq("_id", id), eq("lane", lane), is(State.RECEIVED)), unrouted());
  }

  /** Claims an entry for an attempt; only one of several replicas succeeds. */
  Uni<Optional<InboxEntry>> claim(InboxEntry entry) {
    int attempts = entry.attempts + 1;
    return take(
        and(eq("_id", entry.id), is(State.RECEIVED), eq("nextAttemptAt", entry.nextAttemptAt)),
        to(State.RECEIVED, nextAttempt(attempts), Updates.inc("attempts", 1)));
  }

  /** Notes that several requests have an entry; empty if the entry is removed. */
  Uni<Optional<InboxEntry>> share(String id) {
    return take(eq("_id", id), Updates.set("shared", true));
  }

  /** Makes a waiting entry a dead letter. */
  Uni<Optional<InboxEntry>> bury(String id, String reason) {
    return take(
        and(eq("_id", id), is(State.RECEIVED)),
        to(State.DEAD, now(), Updates.set("error", reason)));
  }

  /** Makes a dead letter wait again, with all of its attempts. */
  Uni<Optional<InboxEntry>> requeue(String id) {
    return take(
        and(eq("_id", id), is(State.DEAD)), to(State.RECEIVED, now(), Updates.set("attempts", 0)));
  }

  /** Notes that the messages of these entries are in their conversation. */
  Uni<Void> append(Collection<String> ids) {
    return appends.ask(ids);
  }

  private Uni<List<Outcome<Void>>> appendAll(List<Collection<String>> together) {
    List<String> ids = together.stream().flatMap(Collection::stream).toList();
    return entries
        .mongoCollection()
        .updateMany(in("_id", ids), to(State.APPENDED, now()))
        .map(done -> BatchCommand.same(together, null));
  }

  private Uni<Optional<InboxEntry>> take(Bson which, Bson changes) {
    return entries
        .mongoCollection()
        .findOneAndUpdate(
            which, changes, new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /**
   * Returns the changes of the step to a state: the time of the next attempt, the end of the
   * retention, and whether the entry keeps its text.
   *
   * @param nextAttemptAt when another replica may retry an entry that stays open
   * @param more further changes of the same step
   */
  Bson to(State state, Date nextAttemptAt, Bson... more) {
    List<Bson> changes = new ArrayList<>(Arrays.asList(more));
    changes.add(Updates.set("state", state.name()));
    changes.add(
        state.isOpen()
            ? Updates.set("nextAttemptAt", nextAttemptAt)
            : Updates.unset("nextAttemptAt"));
    if (state.isFinal()) {
      changes.add(
          Updates.set("forgetAt", Date.from(clock.instant().plus(retentionConfig.retention()))));
      // LibreChat has the text now; the inbox does not keep a second copy.
      changes.add(Updates.unset("envelope"));
      changes.add(Updates.unset("error"));
    }
    return Updates.combine(changes);
  }

  /** Returns the fields of an entry whose conversation is fixed. */
  static Bson routed(InboundMessage message, Route.Into route, UUID messageId) {
    InboundMessage along = Delivery.along(message, route);
    boolean decides = message.mayBeAnswered() && message.reply().isEmpty();
    return Updates.combine(
        route
            .reply()
            .filter(wanted -> decides)
            .map(wanted -> Updates.set("toBeAnswered", wanted))
            .orElseGet(Document::new),
        Updates.set("lane", route.conversation().conversationId),
        Updates.set("user", route.conversation().user),
        Updates.set("messageId", messageId.toString()),
        Updates.set("envelope.parts", along.parts()),
        Updates.set("envelope.sender", along.sender()),
        Updates.set("mappingId", route.mapping().map(MappingUsed::id).orElse(null)),
        Updates.set("mappingCreated", route.mapping().map(MappingUsed::created).orElse(null)));
  }

  /** Removes what {@link #routed} set, except the text. */
  static Bson unrouted() {
    return Updates.combine(
        Updates.unset("lane"),
        Updates.unset("user"),
        Updates.unset("messageId"),
        Updates.unset("mappingId"),
        Updates.unset("mappingCreated"));
  }

  private static Bson is(State state) {
    return eq("state", state.name());
  }

  private Date now() {
    return Date.from(clock.instant());
  }

  /**
   * Exponential back-off with full jitter, but never less than the life of a lease, whose holder
   * may still append the message.
   */
  private Date nextAttempt(int attempts) {
    Backoff backoff = new Backoff(FIRST_PAUSE, inboxConfig.maxBackoff());
    return Date.from(clock.instant().plus(leaseConfig.lease()).plus(backoff.delay(attempts)));
  }
}
