package chat.switchboard.events;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** The events in {@code switchboard_events}. */
@Singleton
class EventStore implements ReactivePanacheMongoRepositoryBase<EventEntity, String> {

  /** How long a finished event is kept; a repetition within this time is recognised. */
  private static final Duration KEPT = Duration.ofDays(7);

  private static final Document ORDER =
      new Document("createdAt", 1).append("sequence", 1).append("_id", 1);

  /** Keeps an event; false if the event was kept before. */
  Uni<Boolean> keep(EventEntity event) {
    return persist(event).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /** The due events of a receiver, the longest due first. */
  Uni<List<EventEntity>> due(String endpoint, Instant now, int limit) {
    return mongoCollection()
        .find(
            pending(endpoint).append("nextAttemptAt", new Document("$lte", Date.from(now))),
            new FindOptions().sort(new Document("nextAttemptAt", 1)).limit(limit))
        .collect()
        .asList();
  }

  /** The oldest waiting event of a lane: the only one that may be sent. */
  Uni<Optional<EventEntity>> head(String endpoint, String lane) {
    return mongoCollection()
        .find(pending(endpoint).append("lane", lane), new FindOptions().sort(ORDER).limit(1))
        .collect()
        .first()
        .map(Optional::ofNullable);
  }

  /** Lets the events of a lane wait for their oldest one. */
  Uni<Void> postponeLane(String endpoint, String lane, Date until) {
    return mongoCollection()
        .updateMany(
            pending(endpoint)
                .append("lane", lane)
                .append("nextAttemptAt", new Document("$lt", until)),
            new Document("$set", new Document("nextAttemptAt", until)))
        .replaceWithVoid();
  }

  /** Lets the events of a lane be looked at now. */
  Uni<Void> releaseLane(String endpoint, String lane, Date now) {
    return mongoCollection()
        .updateMany(
            pending(endpoint)
                .append("lane", lane)
                .append("nextAttemptAt", new Document("$gt", now)),
            new Document("$set", new Document("nextAttemptAt", now)))
        .replaceWithVoid();
  }

  /** Notes a failed attempt. */
  Uni<Void> retry(String id, int attempts, Date nextAttemptAt, String cause) {
    return change(
        id,
        new Document("attempts", attempts)
            .append("nextAttemptAt", nextAttemptAt)
            .append("cause", cause));
  }

  /** Notes the end of an event. */
  Uni<Void> finish(String id, EventState state, int attempts, String cause, Instant now) {
    Document set =
        new Document("state", state.name())
            .append("attempts", attempts)
            .append("forgetAt", Date.from(now.plus(KEPT)));
    if (cause != null) {
      set.append("cause", cause);
    }
    return change(id, set);
  }

  private Uni<Void> change(String id, Document set) {
    return mongoCollection()
        .updateOne(
            new Document("_id", id).append("state", EventState.PENDING.name()),
            new Document("$set", set))
        .replaceWithVoid();
  }

  /** Drops every waiting event of a receiver; the number of dropped events. */
  Uni<Long> dropAll(String endpoint, String cause, Instant now) {
    return mongoCollection()
        .updateMany(
            pending(endpoint),
            new Document(
                "$set",
                new Document("state", EventState.DROPPED.name())
                    .append("cause", cause)
                    .append("forgetAt", Date.from(now.plus(KEPT)))))
        .map(done -> done.getModifiedCount());
  }

  /** The time of the next attempt of a receiver's events; empty if none waits. */
  Uni<Optional<Date>> next(String endpoint) {
    return mongoCollection()
        .find(
            pending(endpoint),
            new FindOptions()
                .sort(new Document("nextAttemptAt", 1))
                .projection(new Document("nextAttemptAt", 1))
                .limit(1))
        .collect()
        .first()
        .map(found -> Optional.ofNullable(found).map(event -> event.nextAttemptAt));
  }

  /** The number of waiting events, at most as {@link BoundedCount} counts. */
  Uni<Long> waiting(String endpoint) {
    return BoundedCount.of(mongoCollection(), pending(endpoint));
  }

  private static Document pending(String endpoint) {
    return new Document("state", EventState.PENDING.name()).append("endpoint", endpoint);
  }
}
