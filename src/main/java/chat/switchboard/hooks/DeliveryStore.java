package chat.switchboard.hooks;

import chat.switchboard.mongo.BoundedCount;
import chat.switchboard.mongo.DuplicateKey;
import io.quarkus.mongodb.FindOptions;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** The deliveries in {@code switchboard_deliveries}. */
@ApplicationScoped
class DeliveryStore implements ReactivePanacheMongoRepositoryBase<DeliveryEntity, String> {

  /** The largest body in a list, in bytes: 32 KiB. */
  private static final int SHOWN_BODY = 32 * 1024;

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
}
