package chat.switchboard.events;

import com.mongodb.client.model.UpdateOptions;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoRepositoryBase;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.bson.Document;

/** The health of the receivers, in {@code switchboard_event_endpoints}. */
@Singleton
class EndpointStore implements ReactivePanacheMongoRepositoryBase<EndpointEntity, String> {

  /** The health of a receiver; empty if nothing failed, or if the receiver was changed since. */
  Uni<Optional<EndpointEntity>> find(EventEndpoint endpoint) {
    return findById(endpoint.name())
        .map(
            found ->
                Optional.ofNullable(found)
                    .filter(health -> endpoint.fingerprint().equals(health.fingerprint)));
  }

  /** Notes a failure; returns since when the receiver fails. */
  Uni<Instant> failed(EventEndpoint endpoint, String cause, Instant now) {
    return find(endpoint)
        .flatMap(
            known -> {
              Date since = known.map(health -> health.failingSince).orElseGet(() -> Date.from(now));
              return set(
                      endpoint,
                      new Document("failingSince", since).append("cause", cause),
                      known.isPresent() ? new Document() : new Document("offSince", ""))
                  .replaceWith(since.toInstant());
            });
  }

  /** Notes that the receiver is switched off. */
  Uni<Void> switchOff(EventEndpoint endpoint, String cause, Instant now) {
    return set(
        endpoint, new Document("offSince", Date.from(now)).append("cause", cause), new Document());
  }

  /** Notes a success, or that an operator has switched the receiver on. */
  Uni<Void> healthy(EventEndpoint endpoint) {
    return deleteById(endpoint.name()).replaceWithVoid();
  }

  private Uni<Void> set(EventEndpoint endpoint, Document set, Document unset) {
    Document change = new Document("$set", set.append("fingerprint", endpoint.fingerprint()));
    if (!unset.isEmpty()) {
      change.append("$unset", unset);
    }
    return mongoCollection()
        .updateOne(new Document("_id", endpoint.name()), change, new UpdateOptions().upsert(true))
        .replaceWithVoid();
  }
}
