package chat.switchboard.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import chat.switchboard.ops.Timers;
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
 * The clocks of replicas are not compared: a replica that wants a lease observes the beat of the
 * holder, and takes the lease over after the life of a lease without a beat, by the replica's
 * monotonic time.
 */
@Singleton
class Leases implements LeaseStore {

  /** The observed lease of another replica, and the time of the first observation. */
  private record Seen(String token, long beat, long since) {}

  private final Duration life;
  private final Clock clock;
  private final Timers timers;
  private final String replica = UUID.randomUUID().toString();
  private final Map<LeaseKey, Seen> watched = new ConcurrentHashMap<>();

  Leases(LeaseConfig config, Clock clock, Timers timers) {
    this.life = config.lease();
    this.clock = clock;
    this.timers = timers;
  }

  @Override
  public Uni<Optional<Lease>> take(LeaseKey key) {
    long askedAt = timers.nanoTime();
    LeaseRecord record = new LeaseRecord();
    record.id = key.id();
    record.token = UUID.randomUUID().toString();
    record.owner = replica;
    record.beat = 0L;
    record.wanted = false;
    record.takenAt = new Date(clock.millis());
    return record
        .<LeaseRecord>persist()
        .map(taken -> lease(key, record.token, askedAt))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> watch(key));
  }

  private Optional<Lease> lease(LeaseKey key, String token, long askedAt) {
    watched.remove(key);
    return Optional.of(new Lease(key, token, life, askedAt, timers::nanoTime));
  }

  private Uni<Optional<Lease>> watch(LeaseKey key) {
    return leases()
        .findOneAndUpdate(
            eq("_id", key.id()),
            Updates.set("wanted", true),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .flatMap(
            held -> {
              if (held == null) {
                // The holder has given the lease back: the next attempt takes the lease.
                watched.remove(key);
                return Uni.createFrom().item(Optional.empty());
              }
              Seen now = new Seen(held.token, held.beat, timers.nanoTime());
              Seen before =
                  watched.compute(
                      key,
                      (same, seen) ->
                          seen != null
                                  && seen.token().equals(now.token())
                                  && seen.beat() == now.beat()
                              ? seen
                              : now);
              return now.since() - before.since() >= life.toNanos()
                  ? takeOver(key, held)
                  : Uni.createFrom().item(Optional.empty());
            });
  }

  /** Takes the lease of a holder without a beat for the life of a lease. */
  private Uni<Optional<Lease>> takeOver(LeaseKey key, LeaseRecord held) {
    long askedAt = timers.nanoTime();
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
        .map(taken -> taken == null ? Optional.empty() : lease(key, token, askedAt));
  }

  @Override
  public Uni<Renewal> renew(Lease lease) {
    long askedAt = timers.nanoTime();
    return leases()
        .findOneAndUpdate(
            and(eq("_id", lease.key.id()), eq("token", lease.token)),
            Updates.inc("beat", 1L),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .map(
            held -> {
              if (held == null) {
                lease.lose();
                return Renewal.LOST;
              }
              lease.renewed(askedAt);
              return Boolean.TRUE.equals(held.wanted) ? Renewal.WANTED_BY_ANOTHER : Renewal.KEPT;
            });
  }

  @Override
  public void forget(LeaseKey key) {
    watched.remove(key);
  }

  @Override
  public Uni<Void> giveBack(Lease lease) {
    return LeaseRecord.delete(and(eq("_id", lease.key.id()), eq("token", lease.token)))
        .replaceWithVoid();
  }

  private static ReactiveMongoCollection<LeaseRecord> leases() {
    return LeaseRecord.mongoCollection();
  }
}
