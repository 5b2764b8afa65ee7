package chat.switchboard.hooks;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import chat.switchboard.mongo.UpcomingWork;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.conversions.Bson;

/** The digests in {@code switchboard_digests}. */
@ApplicationScoped
class DigestStore
    implements ReactivePanacheMongoRepositoryBase<DigestEntity, String>, UpcomingWork {

  /** The most ids in one digest: further deliveries are only counted. */
  static final int MOST_IDS = 2000;

  /** Returns the digest that has this delivery. */
  Uni<Optional<DigestEntity>> of(String deliveryId) {
    return find(eq("deliveryIds", deliveryId)).firstResult().map(Optional::ofNullable);
  }

  /** Begins a digest; false if the conversation has an open one, or the digest was begun before. */
  Uni<Boolean> begin(DigestEntity digest) {
    return persist(digest).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /**
   * Adds a delivery to the open digest of a conversation, with one atomic write: full lists keep
   * their first entries, and the count has the number of all.
   *
   * @return the id of the digest; empty if no digest is open
   */
  Uni<Optional<String>> join(String openKey, String deliveryId, String text) {
    return mongoCollection()
        .findOneAndUpdate(
            eq("openKey", openKey),
            Updates.combine(
                Updates.pushEach(
                    "deliveryIds", List.of(deliveryId), new PushOptions().slice(MOST_IDS)),
                Updates.pushEach(
                    "texts", List.of(text), new PushOptions().slice(Digest.MOST_TEXTS)),
                Updates.inc("deliveries", 1L)),
            new FindOneAndUpdateOptions().projection(Projections.include("_id")))
        .map(found -> Optional.ofNullable(found).map(digest -> digest.id));
  }

  /** The digests whose message is due, the oldest first. */
  Uni<List<DigestEntity>> due(Instant now, int limit) {
    return find(dueUntil(Date.from(now)), Sorts.ascending("nextAttemptAt")).page(0, limit).list();
  }

  private static Bson dueUntil(Date moment) {
    return and(
        in("state", DigestState.OPEN.name(), DigestState.CLOSED.name()),
        lte("nextAttemptAt", moment));
  }

  /**
   * Closes a due digest, and claims the writing of its message until this time; of several replicas
   * only one gets it. From then on the digest does not change.
   */
  Uni<Optional<DigestEntity>> claim(DigestEntity seen, Instant until) {
    return mongoCollection()
        .findOneAndUpdate(
            and(
                eq("_id", seen.id),
                in("state", DigestState.OPEN.name(), DigestState.CLOSED.name()),
                eq("nextAttemptAt", seen.nextAttemptAt)),
            Updates.combine(
                Updates.unset("openKey"),
                Updates.set("state", DigestState.CLOSED.name()),
                Updates.set("nextAttemptAt", Date.from(until)),
                Updates.inc("attempts", 1)),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(Optional::ofNullable);
  }

  /** Stores the state of the message of a digest. */
  Uni<Void> done(DigestEntity digest) {
    return mongoCollection()
        .updateOne(
            eq("_id", digest.id),
            Updates.combine(
                Updates.set("state", DigestState.DONE.name()),
                Updates.set("outcome", digest.outcome),
                Updates.set("reason", digest.reason),
                Updates.set("messageConversationId", digest.messageConversationId),
                Updates.set("messageId", digest.messageId),
                Updates.set("forgetAt", digest.forgetAt),
                Updates.unset("texts")))
        .replaceWithVoid();
  }

  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return BoundedCount.any(mongoCollection(), dueUntil(moment));
  }
}
