package chat.switchboard.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Leases in MongoDB: one for each conversation that is appended to, one for each number that sends.
 * No clock is compared with another's: a replica that wants a lease watches its beat, and takes it
 * over when it has seen none for the length of a lease on its own clock.
 */
@Singleton
public class Leases {

  /** What was seen of another replica's lease, and since when. */
  private record Seen(String token, long beat, long since) {}

  private final Duration life;
  private final Clock clock;
  private final String replica = UUID.randomUUID().toString();
  private final Map<String, Seen> watched = new ConcurrentHashMap<>();

  Leases(LeaseConfig config, Clock clock) {
    this.life = config.lease();
    this.clock = clock;
  }

  /** The lease, unless another replica holds it; then that one is asked to let go of it soon. */
  public Uni<Optional<Lease>> take(String id) {
    long askedAt = System.nanoTime();
    LeaseRecord record = new LeaseRecord();
    record.id = id;
    record.token = UUID.randomUUID().toString();
    record.owner = replica;
    record.beat = 0L;
    record.wanted = false;
    record.takenAt = new Date(clock.millis());
    return record
        .<LeaseRecord>persist()
        .map(taken -> lease(id, record.token, askedAt))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> watch(id));
  }

  private Optional<Lease> lease(String id, String token, long askedAt) {
    watched.remove(id);
    return Optional.of(new Lease(id, token, life, askedAt));
  }

  private Uni<Optional<Lease>> watch(String id) {
    return leases()
        .findOneAndUpdate(
            eq("_id", id),
            Updates.set("wanted", true),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .flatMap(
            held -> {
              if (held == null) {
                // It was given back in between: the next try takes it.
                watched.remove(id);
                return Uni.createFrom().item(Optional.empty());
              }
              Seen now = new Seen(held.token, held.beat, System.nanoTime());
              Seen before =
                  watched.compute(
                      id,
                      (same, seen) ->
                          seen != null
                                  && seen.token().equals(now.token())
                                  && seen.beat() == now.beat()
                              ? seen
                              : now);
              return now.since() - before.since() >= life.toNanos()
                  ? takeOver(held)
                  : Uni.createFrom().item(Optional.empty());
            });
  }

  /** Its holder has shown no life for the length of a lease. */
  private Uni<Optional<Lease>> takeOver(LeaseRecord held) {
    long askedAt = System.nanoTime();
    String token = UUID.randomUUID().toString();
    return leases()
        .findOneAndUpdate(
            and(eq("_id", held.id), eq("token", held.token), eq("beat", held.beat)),
            Updates.combine(
                Updates.set("token", token),
                Updates.set("owner", replica),
                Updates.set("beat", 0L),
                Updates.set("wanted", false),
                Updates.set("takenAt", new Date(clock.millis()))))
        .map(taken -> taken == null ? Optional.empty() : lease(held.id, token, askedAt));
  }

  /** What a renewal found. */
  public enum Renewal {
    KEPT,
    WANTED_BY_ANOTHER,
    LOST
  }

  /** Shows a sign of life. */
  public Uni<Renewal> renew(Lease lease) {
    long askedAt = System.nanoTime();
    return leases()
        .findOneAndUpdate(
            and(eq("_id", lease.id), eq("token", lease.token)),
            Updates.inc("beat", 1L),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(
            held -> {
              if (held == null) {
                return Renewal.LOST;
              }
              lease.renewed(askedAt);
              return Boolean.TRUE.equals(held.wanted) ? Renewal.WANTED_BY_ANOTHER : Renewal.KEPT;
            });
  }

  /** Nobody here wants the lease any more: what was seen of it need not be remembered. */
  public void forget(String id) {
    watched.remove(id);
  }

  /** Lets go of it. */
  public Uni<Void> giveBack(Lease lease) {
    return LeaseRecord.delete(and(eq("_id", lease.id), eq("token", lease.token))).replaceWithVoid();
  }

  private static ReactiveMongoCollection<LeaseRecord> leases() {
    return LeaseRecord.mongoCollection();
  }
}
