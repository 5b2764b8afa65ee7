package chat.switchboard.inbound;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;

import chat.switchboard.inbound.InboxEntry.State;
import chat.switchboard.librechat.Message;
import chat.switchboard.librechat.Messages;
import chat.switchboard.mongo.BatchLimits;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.BulkOutcomes;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.Store;
import chat.switchboard.mongo.UpcomingWork;
import chat.switchboard.ops.FaultPoint;
import chat.switchboard.routing.Route;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.bson.conversions.Bson;

/**
 * Stores messages until they are in their conversation, and remembers the ids of the messages that
 * arrived.
 */
@Store
@Singleton
public class Inbox implements UpcomingWork {

  /** An entry has at most a quarter of a megabyte: MongoDB takes 48 MB with one command. */
  private static final int MOST_TOGETHER = 64;

  private final InboxEntries entries;
  private final InboxTransitions transitions;
  private final Messages messages;
  private final Backlogs backlogs;
  private final Clock clock;
  private final Batcher<InboxEntry, Void> inserts;

  Inbox(
      InboxEntries entries,
      InboxTransitions transitions,
      Messages messages,
      Backlogs backlogs,
      Batchers batchers,
      Clock clock) {
    this.entries = entries;
    this.transitions = transitions;
    this.messages = messages;
    this.backlogs = backlogs;
    this.clock = clock;
    this.inserts =
        batchers.of(
            together ->
                BulkOutcomes.unordered(
                    together.size(),
                    entries
                        .mongoCollection()
                        .insertMany(together, new InsertManyOptions().ordered(false))),
            new BatchLimits<>(MOST_TOGETHER, entry -> 0, BatchLimits.MOST_BYTES));
  }

  /**
   * Inserts the entry. If there is one with the same id, returns that entry, and notes that several
   * requests have it.
   */
  Uni<InboxEntry> accept(InboxEntry entry) {
    return inserts
        .ask(entry)
        .replaceWith(entry)
        .invoke(() -> FaultPoint.reached("kept"))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> transitions.share(entry.id).map(found -> found.orElse(null)))
        // If the first request has removed its entry in between, this request is the first.
        .onItem()
        .ifNull()
        .switchTo(() -> accept(entry));
  }

  /** Inserts the entry of a message without a key. */
  Uni<InboxEntry> keep(InboxEntry entry) {
    return inserts
        .ask(entry)
        .replaceWith(entry)
        // An earlier attempt inserted the entry, but its response was lost.
        .onFailure(DuplicateKey::is)
        .recoverWithItem(entry);
  }

  /**
   * Fixes the conversation of an entry. The first replica decides, and all other replicas use its
   * conversation.
   *
   * @return the entry with its conversation; null if the entry was removed
   */
  Uni<InboxEntry> route(
      InboxEntry entry, InboundMessage message, Route.Into route, UUID messageId) {
    return transitions
        .route(entry.id, message, route, messageId)
        .flatMap(routed -> orCurrent(routed, entry.id))
        .invoke(() -> FaultPoint.reached("routed"));
  }

  /**
   * Removes the conversation from an entry, because the conversation is deleted.
   *
   * @return the changed entry; null if the entry was removed
   */
  Uni<InboxEntry> unroute(InboxEntry entry) {
    return transitions
        .unroute(entry.id, entry.lane)
        .flatMap(unrouted -> orCurrent(unrouted, entry.id));
  }

  private Uni<InboxEntry> orCurrent(Optional<InboxEntry> changed, String id) {
    return changed.map(entry -> Uni.createFrom().item(entry)).orElseGet(() -> entries.findById(id));
  }

  /**
   * Returns the waiting entries of this conversation, and those of these senders without a
   * conversation or for other conversations.
   */
  Uni<Backlogs.Found> backlog(String conversationId, Collection<String> senders, int limit) {
    return backlogs.read(conversationId, senders, limit);
  }

  /** Notes that the messages of these entries are in their conversation. */
  Uni<Void> appended(Collection<String> ids) {
    return transitions.append(ids).invoke(() -> FaultPoint.reached("noted"));
  }

  /** The outcome of a kept message. */
  sealed interface Outcome {
    /** The message waits for the same conversation. */
    record StillThere() implements Outcome {}

    /** The message is in its conversation. */
    record Stands(Message message) implements Outcome {}

    /**
     * The message was dropped, is a dead letter, goes into another conversation, or was deleted
     * from its conversation.
     */
    record Dropped() implements Outcome {}
  }

  Uni<Outcome> outcome(String id, String conversationId) {
    return find(id)
        .flatMap(
            found -> {
              if (found.isEmpty() || found.get().state == State.DEAD) {
                return Uni.createFrom().item(new Outcome.Dropped());
              }
              if (found.get().state.isOpen()) {
                return Uni.createFrom()
                    .item(
                        conversationId.equals(found.get().lane)
                            ? new Outcome.StillThere()
                            : new Outcome.Dropped());
              }
              return messages
                  .find(found.get().messageId, found.get().user)
                  .map(
                      message ->
                          message
                              .<Outcome>map(Outcome.Stands::new)
                              .orElseGet(Outcome.Dropped::new));
            });
  }

  /**
   * Removes the entry of a refused message if no other request has the entry, which may be answered
   * with 202.
   *
   * @return whether the entry is removed
   */
  Uni<Boolean> takeBack(InboxEntry entry) {
    return entries
        .delete(and(eq("_id", entry.id), is(State.RECEIVED), eq("shared", null)))
        .flatMap(
            removed ->
                removed > 0
                    ? Uni.createFrom().item(true)
                    // An earlier attempt removed the entry, but its response was lost.
                    : has(entry.id).map(there -> !there));
  }

  /** Removes the entry of a refused message, so that the message may come again. */
  Uni<Void> forget(InboxEntry entry) {
    return entries.delete(and(eq("_id", entry.id), is(State.RECEIVED))).replaceWithVoid();
  }

  /** Makes an entry a dead letter, which no replica tries again. */
  Uni<InboxEntry> bury(InboxEntry entry, String reason) {
    return transitions.bury(entry.id, reason).map(buried -> buried.orElse(entry));
  }

  /** Returns the entries that no replica appended in time. */
  Uni<List<InboxEntry>> due(int limit) {
    return entries
        .find(
            and(is(State.RECEIVED), lte("nextAttemptAt", Date.from(clock.instant()))),
            Sorts.ascending("nextAttemptAt"))
        .page(0, limit)
        .list();
  }

  /** Claims such an entry for an attempt; only one of several replicas succeeds. */
  Uni<Optional<InboxEntry>> claim(InboxEntry entry) {
    return transitions.claim(entry);
  }

  /** Stores the cause of a failed attempt. */
  Uni<Void> failed(InboxEntry entry, String reason) {
    return entries
        .mongoCollection()
        .updateOne(eq("_id", entry.id), Updates.set("error", reason))
        .replaceWithVoid();
  }

  /** Returns one entry. */
  public Uni<Optional<InboxEntry>> find(String id) {
    return entries.findById(id).map(Optional::ofNullable);
  }

  /** Returns the entries in this state, the first received first. */
  public Uni<List<InboxEntry>> list(State state, int offset, int limit) {
    return entries
        .find(is(state), Sorts.ascending("receivedAt", "_id"))
        .range(offset, offset + limit - 1)
        .list();
  }

  /** Whether a person with one of these names has written a message since this moment. */
  public Uni<Boolean> hasMessage(Collection<String> names, Date since) {
    return BoundedCount.any(
        entries.mongoCollection(), and(in("phoneNumber", names), gte("receivedAt", since)));
  }

  /** Removes the entries of a person, including appended entries. */
  public Uni<Long> forgetPerson(Collection<String> names) {
    return entries.delete(in("phoneNumber", names));
  }

  /** The number of entries in this state, at most as {@link BoundedCount} counts. */
  public Uni<Long> count(State state) {
    return BoundedCount.of(entries.mongoCollection(), is(state));
  }

  /** Makes a dead letter wait again. */
  public Uni<Optional<InboxEntry>> requeue(String id) {
    return transitions.requeue(id);
  }

  /** Removes a waiting entry or a dead letter; an appended entry stays until its retention ends. */
  public Uni<Boolean> drop(String id) {
    List<String> states =
        Arrays.stream(State.values())
            .filter(Predicate.not(State::isFinal))
            .map(State::name)
            .toList();
    return entries.delete(and(eq("_id", id), in("state", states))).map(dropped -> dropped > 0);
  }

  /** Whether there is an entry with this id. */
  Uni<Boolean> has(String id) {
    return entries.count(eq("_id", id)).map(found -> found > 0);
  }

  private static Bson is(State state) {
    return eq("state", state.name());
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return BoundedCount.any(
        entries.mongoCollection(), and(is(State.RECEIVED), lte("nextAttemptAt", moment)));
  }
}
