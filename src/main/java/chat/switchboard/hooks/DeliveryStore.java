package chat.switchboard.hooks;

import chat.switchboard.mongo.DuplicateKey;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;

/** The deliveries in {@code switchboard_deliveries}. */
@ApplicationScoped
class DeliveryStore implements ReactivePanacheMongoRepositoryBase<DeliveryEntity, String> {

  private static final Document NEWEST_FIRST = new Document("receivedAt", -1).append("_id", -1);

  /** Keeps a delivery; false if it was there before. */
  Uni<Boolean> keep(DeliveryEntity delivery) {
    return persist(delivery).replaceWith(true).onFailure(DuplicateKey::is).recoverWithItem(false);
  }

  /** Notes what became of a delivery; the number of deliveries that were changed. */
  Uni<Long> finish(String id, DeliveryState state, String reason, Instant now) {
    return update(
            new Document(
                "$set",
                new Document("state", state.name())
                    .append("reason", reason)
                    .append("forgetAt", Date.from(now.plus(DeliveryRetention.KEPT)))))
        .where(new Document("_id", id));
  }

  /** The deliveries of a hook, the newest first. */
  Uni<List<DeliveryEntity>> page(String hook, int offset, int limit) {
    return find(new Document("hook", hook), NEWEST_FIRST).range(offset, offset + limit - 1).list();
  }

  /** Deletes these deliveries; the number of those that were there. */
  Uni<Long> forget(List<String> ids) {
    return delete(new Document("_id", new Document("$in", ids)));
  }
}
