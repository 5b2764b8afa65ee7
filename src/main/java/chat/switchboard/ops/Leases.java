package chat.switchboard.ops;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One lease for each thing that one replica does alone, in MongoDB: appending to a conversation, by
 * the conversation's id, and others by names of their own. No clock is compared with another's: a
 * replica that wants a lease watches its beat, and takes it over when it has seen none for the
 * length of a lease on its own clock.
 */
@ApplicationScoped
public class Leases {

  /** What was seen of another replica's lease, and since when. */
  private record Seen(String token, long beat, long since) {}

  private final Duration life;
  private final Clock clock;
  private final String replica = UUID.randomUUID().toString();
  private final Map<String, Seen> watched = new ConcurrentHashMap<>();

  Leases(SwitchboardConfig config, Clock clock) {
    this.life = config.inbox().lease();
    this.clock = clock;
  }

  /** The lease, unless another replica holds it; then that one is asked to let go of it soon. */
  public Uni<Optional<Lease>> take(String what) {
    long askedAt = System.nanoTime();
    LeaseRecord record = new LeaseRecord();
    record.id = what;
    record.token = UUID.randomUUID().toString();
    record.owner = replica;
    record.beat = 0L;
    record.wanted = false;
    record.takenAt = new Date(clock.millis());
    return record
        .<LeaseRecord>persist()
        .map(taken -> lease(what, record.token, askedAt))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> watch(what));
  }

  private Optional<Lease> lease(String what, String token, long askedAt) {
    watched.remove(what);
    return Optional.of(new Lease(what, token, life, askedAt));
  }

  private Uni<Optional<Lease>> watch(String what) {
    return leases()
        .findOneAndUpdate(
            eq("_id", what),
            Updates.set("wanted", true),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
        .flatMap(
            held -> {
              if (held == null) {
                // It was given back in between: the next try takes it.
                watched.remove(what);
                return Uni.createFrom().item(Optional.empty());
              }
              Seen now = new Seen(held.token, held.beat, System.nanoTime());
              Seen before =
                  watched.compute(
                      what,
                      (id, seen) ->
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
            and(eq("_id", lease.what), eq("token", lease.token)),
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
  public void forget(String what) {
    watched.remove(what);
  }

  /** Lets go of it. */
  public Uni<Void> giveBack(Lease lease) {
    return LeaseRecord.delete(and(eq("_id", lease.what), eq("token", lease.token)))
        .replaceWithVoid();
  }

  private static ReactiveMongoCollection<LeaseRecord> leases() {
    return LeaseRecord.mongoCollection();
  }
}
