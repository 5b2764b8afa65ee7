package chat.switchboard.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.ops.Timers;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import io.quarkus.mongodb.reactive.ReactiveMongoCollection;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.conversions.Bson;

/**
 * Leases in MongoDB: one for each conversation that is appended to, one for each number that sends.
 * The clocks of replicas are not compared: a replica that wants a lease observes the beat of the
 * holder, and takes the lease over after the life of a lease without a beat, by the replica's
 * monotonic time.
 */
@Singleton
class Leases implements LeaseStore {

  /**
   * How long the record of a lease stays after the lease was handed over. Longer than a replica
   * takes at most from its early reads to the lease ({@link WorkerPolicy#readsEarly()}).
   */
  static final Duration HANDED_OVER_FOR = Duration.ofSeconds(1);

  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);

  /** The token of an attempt without an insert. */
  private static final String NO_TOKEN = "";

  /** The observed lease of another replica, and the time of the first observation. */
  private record Seen(String token, long beat, long since) {}

  private final Duration life;
  private final Clock clock;
  private final Timers timers;
  private final String replica = UUID.randomUUID().toString();
  private final Map<LeaseKey, Seen> watched = new ConcurrentHashMap<>();

  /** The planned deletions of records of leases that this replica has handed over. */
  private final Map<LeaseKey, Timers.Timer> handedOver = new ConcurrentHashMap<>();

  private final Batcher<LeaseRecord, Void> inserts;
  private final Batcher<Lease, Optional<LeaseRecord>> beats;
  private final Batcher<Lease, Void> deletes;
  private final Batcher<Lease, Void> marks;

  Leases(LeaseConfig config, Clock clock, Timers timers, Batchers batchers) {
    this.life = config.lease();
    this.clock = clock;
    this.timers = timers;
    this.inserts =
        batchers.of(
            records ->
                BulkOutcomes.unordered(
                    records.size(),
                    leases().insertMany(records, new InsertManyOptions().ordered(false))));
    this.beats = batchers.of(Leases::beat);
    this.deletes =
        batchers.of(
            gone ->
                BulkOutcomes.unordered(
                    gone.size(),
                    leases()
                        .bulkWrite(
                            gone.stream()
                                .map(lease -> new DeleteOneModel<LeaseRecord>(held(lease)))
                                .toList(),
                            UNORDERED)));
    this.marks =
        batchers.of(
            handed ->
                BulkOutcomes.unordered(
                    handed.size(),
                    leases()
                        .bulkWrite(
                            handed.stream()
                                .map(lease -> new UpdateOneModel<LeaseRecord>(held(lease), mark()))
                                .toList(),
                            UNORDERED)));
  }

  @Override
  public Uni<Optional<Lease>> take(LeaseKey key) {
    // A replica that already observes the holder needs one command and not two.
    Uni<Optional<Lease>> taking =
        watched.containsKey(key)
            ? watch(key, NO_TOKEN, timers.nanoTime())
                .flatMap(taken -> isGone(key, taken) ? insert(key) : Uni.createFrom().item(taken))
            : insert(key);
    // After an attempt the record has another holder, or is gone: its planned deletion is not
    // needed.
    return taking.invoke(() -> cancelDeletion(key));
  }

  /** Whether the holder has given the observed lease back. */
  private boolean isGone(LeaseKey key, Optional<Lease> taken) {
    return taken.isEmpty() && !watched.containsKey(key);
  }

  private Uni<Optional<Lease>> insert(LeaseKey key) {
    long askedAt = timers.nanoTime();
    LeaseRecord record = new LeaseRecord();
    record.id = key.id();
    record.token = UUID.randomUUID().toString();
    record.owner = replica;
    record.beat = 0L;
    record.wanted = false;
    record.takenAt = new Date(clock.millis());
    return inserts
        .ask(record)
        .map(taken -> lease(key, record.token, askedAt, true))
        .onFailure(DuplicateKey::is)
        .recoverWithUni(() -> watch(key, record.token, askedAt));
  }

  private Optional<Lease> lease(LeaseKey key, String token, long askedAt, boolean wasFree) {
    watched.remove(key);
    return Optional.of(new Lease(key, token, life, askedAt, timers::nanoTime, wasFree));
  }

  /**
   * @param token the token of this attempt: the insert may have reached the database twice
   * @param askedAt the monotonic time before this attempt
   */
  private Uni<Optional<Lease>> watch(LeaseKey key, String token, long askedAt) {
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
              if (token.equals(held.token)) {
                return Uni.createFrom().item(lease(key, token, askedAt, false));
              }
              if (held.handedOverAt != null) {
                return takeOver(key, held);
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

  /** Takes the lease of a holder that has handed it over, or has had no beat for its life. */
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
                Updates.unset("handedOverAt"),
                Updates.set("takenAt", new Date(clock.millis()))))
        .map(taken -> taken == null ? Optional.empty() : lease(key, token, askedAt, false));
  }

  @Override
  public Uni<Renewal> renew(Lease lease) {
    long askedAt = timers.nanoTime();
    return beats
        .ask(lease)
        .map(
            held -> {
              if (held.isEmpty()) {
                lease.lose();
                return Renewal.LOST;
              }
              lease.renewed(askedAt);
              return Boolean.TRUE.equals(held.get().wanted)
                  ? Renewal.WANTED_BY_ANOTHER
                  : Renewal.KEPT;
            });
  }

  /**
   * Increments the beats. Several leases take two commands: while the record has the token after
   * the increment, no other replica has taken the lease over.
   */
  private static Uni<List<Outcome<Optional<LeaseRecord>>>> beat(List<Lease> held) {
    if (held.size() == 1) {
      return leases()
          .findOneAndUpdate(
              held(held.get(0)),
              Updates.inc("beat", 1L),
              new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER))
          .map(record -> BatchCommand.same(held, Optional.ofNullable(record)));
    }
    List<UpdateOneModel<LeaseRecord>> updates =
        held.stream()
            .map(lease -> new UpdateOneModel<LeaseRecord>(held(lease), Updates.inc("beat", 1L)))
            .toList();
    return leases()
        .bulkWrite(updates, UNORDERED)
        .flatMap(
            done ->
                leases()
                    .find(in("_id", held.stream().map(lease -> lease.key.id()).toList()))
                    .collect()
                    .asList())
        .map(records -> held.stream().map(lease -> record(lease, records)).toList());
  }

  private static Outcome<Optional<LeaseRecord>> record(Lease lease, List<LeaseRecord> records) {
    return new Outcome.Done<>(
        records.stream()
            .filter(record -> lease.key.id().equals(record.id) && lease.token.equals(record.token))
            .findFirst());
  }

  @Override
  public void forget(LeaseKey key) {
    watched.remove(key);
  }

  @Override
  public Uni<Void> giveBack(Lease lease) {
    return deletes.ask(lease);
  }

  @Override
  public Uni<Void> handOver(Lease lease) {
    return marks
        .ask(lease)
        .invoke(
            () ->
                handedOver.put(
                    lease.key, timers.after(HANDED_OVER_FOR, () -> deleteUnlessTaken(lease))));
  }

  /** A record that stays, as after the stop of this process, is taken over by the next holder. */
  private void deleteUnlessTaken(Lease lease) {
    handedOver.remove(lease.key);
    deletes.ask(lease).subscribe().with(done -> {}, failure -> {});
  }

  private void cancelDeletion(LeaseKey key) {
    Timers.Timer deletion = handedOver.remove(key);
    if (deletion != null) {
      deletion.cancel();
    }
  }

  private Bson mark() {
    return Updates.set("handedOverAt", new Date(clock.millis()));
  }

  private static Bson held(Lease lease) {
    return and(eq("_id", lease.key.id()), eq("token", lease.token));
  }

  private static ReactiveMongoCollection<LeaseRecord> leases() {
    return LeaseRecord.mongoCollection();
  }
}
