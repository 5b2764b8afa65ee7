package chat.switchboard.mongo;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The times of a {@link LeasedWorker}.
 *
 * @param linger how long the lease is kept after the last round: the next round of a burst then
 *     needs no new lease. Another replica waits as long. Zero gives the lease back at once
 * @param sharing how a busy holder shares the lease with another replica that wants the lease;
 *     empty if the holder keeps the lease while there is work
 * @param retry the shortest pause between two attempts to take a lease that another replica holds
 * @param retryJitter the random time that is added to {@code retry}, so that several waiting
 *     replicas do not ask together; zero for none
 * @param readsEarly whether a round may read before the lease is taken. What it reads counts only
 *     if no other replica can have written meanwhile: each holder keeps the lease for the linger
 *     time after its last round, or hands it over
 * @param during the handling of the lease during a round
 */
public record WorkerPolicy(
    Duration linger,
    Optional<Sharing> sharing,
    Duration retry,
    Duration retryJitter,
    boolean readsEarly,
    DuringRound during) {

  /**
   * Returns how old early reads may be when the lease is taken. Shorter than the linger time, since
   * two replicas measure these times: another replica that has given the lease back since wrote
   * before the reads began.
   */
  Duration longestEarlyRead() {
    return linger.multipliedBy(3).dividedBy(4);
  }

  /** Returns the pause until the next attempt to take a lease that another replica holds. */
  Duration retryPause(RandomGenerator random) {
    return retryJitter.isZero()
        ? retry
        : retry.plusMillis(random.nextLong(Math.max(1, retryJitter.toMillis())));
  }

  /**
   * The sharing of a lease among busy replicas.
   *
   * @param lookEvery how often a busy holder renews the lease, and thereby sees that another
   *     replica wants it
   * @param yieldFor how long the holder stays away afterwards, so that the other replica can take
   *     the lease
   */
  public record Sharing(Duration lookEvery, Duration yieldFor) {}

  /** The handling of the lease during a round. */
  public enum DuringRound {
    /** No renewal: a round is short, and checks the lease itself before each write. */
    NOTHING,
    /**
     * The lease is renewed. A round that loses the lease runs to its end, and must check the lease
     * itself.
     */
    RENEW,
    /** The lease is renewed. A lost lease and the stop of the service cancel the round. */
    RENEW_OR_CANCEL
  }
}
