package chat.switchboard.feed;

import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeaseStore;
import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/**
 * Elects one replica that reads LibreChat's messages for all, by a lease. Two readers at once do no
 * harm: the second writes no entry that the first has written. So a reader reads on until it knows
 * that another replica has the lease.
 */
final class FeedElection {

  private static final LeaseKey KEY = LeaseKey.job("feed");

  /** The life of the lease: with two intervals of attempts, a take-over needs 14 s at most. */
  static final Duration LIFE = Duration.ofSeconds(8);

  /** How often a follower checks whether the reader still renews the lease. */
  private static final Duration ATTEMPT = Duration.ofSeconds(3);

  private final LeaseStore leases;
  private final Timers timers;

  private volatile Lease lease;
  private volatile boolean decided;
  private volatile boolean stopped;
  private long nextAttempt;

  /**
   * @param leases leases of the life {@link #LIFE}
   */
  FeedElection(LeaseStore leases, Timers timers) {
    this.leases = leases;
    this.timers = timers;
    this.nextAttempt = timers.nanoTime();
  }

  /** Whether this process knows its role. */
  boolean isDecided() {
    return decided;
  }

  /** Whether this process reads LibreChat's messages. */
  boolean isReader() {
    return lease != null;
  }

  /**
   * Whether this process certainly holds the lease. While the database is unreachable no process is
   * sure.
   */
  boolean isSure() {
    Lease held = lease;
    return held != null && !held.mayBeLost();
  }

  /** Renews the lease, or tries to take it, if that is due; call this method once a second. */
  Uni<Void> turn() {
    Lease held = lease;
    if (stopped) {
      return Uni.createFrom().voidItem();
    }
    if (held != null) {
      return held.isOld() ? renew(held) : Uni.createFrom().voidItem();
    }
    if (timers.nanoTime() - nextAttempt < 0) {
      return Uni.createFrom().voidItem();
    }
    nextAttempt = timers.nanoTime() + ATTEMPT.toNanos();
    return leases.take(KEY).flatMap(this::taken);
  }

  private Uni<Void> taken(Optional<Lease> taken) {
    if (stopped && taken.isPresent()) {
      return leases.giveBack(taken.get());
    }
    lease = taken.orElse(null);
    decided = true;
    return Uni.createFrom().voidItem();
  }

  private Uni<Void> renew(Lease held) {
    return leases
        .renew(held)
        .invoke(
            renewal -> {
              if (renewal == LeaseStore.Renewal.LOST) {
                lease = null;
              }
            })
        .replaceWithVoid();
  }

  /**
   * Gives the lease back, because this process cannot read; another replica has this time to take
   * the lease.
   */
  Uni<Void> rest(Duration time) {
    nextAttempt = timers.nanoTime() + time.toNanos();
    return giveBack();
  }

  /** Gives the lease back permanently: the process stops. */
  Uni<Void> stop() {
    stopped = true;
    return giveBack();
  }

  private Uni<Void> giveBack() {
    Lease held = lease;
    lease = null;
    return held == null ? Uni.createFrom().voidItem() : leases.giveBack(held);
  }
}
