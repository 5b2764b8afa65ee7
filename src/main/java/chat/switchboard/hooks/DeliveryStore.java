package chat.switchboard.hooks;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.UpcomingWork;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.result.UpdateResult;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bson.Document;

/** The deliveries in {@code switchboard_deliveries}. */
@ApplicationScoped
class DeliveryStore
    implements ReactivePanacheMongoRepositoryBase<DeliveryEntity, String>, UpcomingWork {

  /** The largest body in a list, in bytes: 32 KiB. */
  private static final int SHOWN_BODY = 32 * 1024;

  private static final Document NEWEST_FIRST = new Document("receivedAt", -1).append("_id", -1);

  /** Keeps a delivery; false if it was there before. */
  Uni<Boolean> keep(DeliveryEntity delivery) {
    return persist(delivery).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /** Whether this delivery arrived at this time or later. */
  Uni<Boolean> hasSince(String id, Instant since) {
    return find(new Document("_id", id)
            .append("receivedAt", new Document("$gte", Date.from(since))))
        .firstResult()
        .map(Objects::nonNull);
  }

  /**
   * Stores the state and the rendered text of a delivery that is not finished.
   *
   * @return the number of deliveries that were changed
   */
  Uni<Long> note(DeliveryEntity delivery) {
    Document set = new Document("state", delivery.state);
    put(set, "reason", delivery.reason);
    put(set, "thread", delivery.thread);
    put(set, "digestId", delivery.digestId);
    put(set, "title", delivery.title);
    put(set, "text", delivery.text);
    put(set, "conversationId", delivery.conversationId);
    put(set, "messageId", delivery.messageId);
    put(set, "nextAttemptAt", delivery.nextAttemptAt);
    put(set, "forgetAt", delivery.forgetAt);
    return mongoCollection()
        .updateOne(
            new Document("_id", delivery.id).append("state", DeliveryState.ACCEPTED.name()),
            delivery.reason == null
                ? new Document("$set", set).append("$unset", new Document("reason", ""))
                : new Document("$set", set))
        .map(UpdateResult::getModifiedCount);
  }

  private static void put(Document set, String field, Object value) {
    if (value != null) {
      set.append(field, value);
    }
  }

  /** Stores the state of a digest's message in each delivery that the digest has collected. */
  Uni<Void> noteDigest(DigestEntity digest) {
    Document set = new Document("state", digest.outcome).append("reason", digest.reason);
    put(set, "conversationId", digest.messageConversationId);
    put(set, "messageId", digest.messageId);
    return mongoCollection()
        .updateMany(
            new Document("digestId", digest.id).append("state", DeliveryState.COLLECTED.name()),
            new Document("$set", set))
        .replaceWithVoid();
  }

  /** The deliveries that were not processed in time, the oldest first. */
  Uni<List<DeliveryEntity>> due(Instant now, int limit) {
    return find(dueUntil(Date.from(now)), new Document("nextAttemptAt", 1)).page(0, limit).list();
  }

  private static Document dueUntil(Date moment) {
    return new Document("state", DeliveryState.ACCEPTED.name())
        .append("nextAttemptAt", new Document("$lte", moment));
  }

  /** Claims a delivery for an attempt until this time; of several replicas only one gets it. */
  Uni<Optional<DeliveryEntity>> claim(DeliveryEntity seen, Instant until) {
    return mongoCollection()
        .findOneAndUpdate(
            new Document("_id", seen.id)
                .append("state", DeliveryState.ACCEPTED.name())
                .append("nextAttemptAt", seen.nextAttemptAt),
            new Document("$set", new Document("nextAttemptAt", Date.from(until)))
                .append("$inc", new Document("attempts", 1)),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Takes a failed or skipped delivery up again, and claims it until this time. */
  Uni<Optional<DeliveryEntity>> reopen(String id, Instant until) {
    return mongoCollection()
        .findOneAndUpdate(
            new Document("_id", id)
                .append(
                    "state",
                    new Document(
                        "$in", List.of(DeliveryState.FAILED.name(), DeliveryState.SKIPPED.name()))),
            new Document(
                    "$set",
                    new Document("state", DeliveryState.ACCEPTED.name())
                        .append("nextAttemptAt", Date.from(until))
                        .append("attempts", 0))
                .append(
                    "$unset", new Document("forgetAt", "").append("reason", "").append("text", "")),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** The deliveries of a hook without their bodies, the newest first, for the retention. */
  Uni<List<DeliveryRetention.Kept>> kept(String hook, int limit) {
    return mongoCollection()
        .find(
            new Document("hook", hook),
            new FindOptions()
                .projection(new Document("receivedAt", 1).append("bytes", 1).append("state", 1))
                .sort(NEWEST_FIRST)
                .limit(limit))
        .map(
            one ->
                new DeliveryRetention.Kept(
                    one.id,
                    one.receivedAt.toInstant(),
                    one.bytes == null ? 0 : one.bytes,
                    !DeliveryState.ACCEPTED.name().equals(one.state)))
        .collect()
        .asList();
  }

  /**
   * The deliveries of a hook, the newest first; a body above {@link #SHOWN_BODY} is left out, so
   * that a page has a bounded size.
   */
  Uni<List<DeliveryEntity>> newest(String hook, Optional<String> state, int offset, int limit) {
    return mongoCollection()
        .find(
            which(hook, state),
            new FindOptions()
                .projection(new Document("body", 0))
                .sort(NEWEST_FIRST)
                .skip(offset)
                .limit(limit))
        .collect()
        .asList()
        .flatMap(this::withBodies);
  }

  private Uni<List<DeliveryEntity>> withBodies(List<DeliveryEntity> found) {
    List<String> small =
        found.stream()
            .filter(one -> one.bytes != null && one.bytes <= SHOWN_BODY)
            .map(one -> one.id)
            .toList();
    return small.isEmpty()
        ? Uni.createFrom().item(found)
        : mongoCollection()
            .find(
                new Document("_id", new Document("$in", small)),
                new FindOptions().projection(new Document("body", 1)))
            .collect()
            .asMap(one -> one.id, one -> one)
            .map(
                bodies -> {
                  found.forEach(
                      one ->
                          one.body = bodies.containsKey(one.id) ? bodies.get(one.id).body : null);
                  return found;
                });
  }

  /** The number of deliveries, at most as {@link BoundedCount} counts. */
  Uni<Long> count(String hook, Optional<String> state) {
    return BoundedCount.of(mongoCollection(), which(hook, state));
  }

  private static Document which(String hook, Optional<String> state) {
    Document which = new Document("hook", hook);
    state.ifPresent(name -> which.append("state", name));
    return which;
  }

  /** Deletes these deliveries; the number of those that were there. */
  Uni<Long> forget(List<String> ids) {
    return delete(new Document("_id", new Document("$in", ids)));
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return BoundedCount.any(mongoCollection(), dueUntil(moment));
  }
}
