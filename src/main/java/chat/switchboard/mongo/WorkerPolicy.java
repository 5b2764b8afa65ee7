package chat.switchboard.mongo;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The times of a {@link LeasedWorker}.
 *
 * @param linger how long the lease is kept after the last round: the next round of a burst then
 *     needs no new lease. Another replica waits as long. Zero gives the lease back at once
 * @param sharing how the lease is shared with a replica that wants it while this one is busy; empty
 *     where the holder keeps it as long as it has work
 * @param retry the shortest pause between two attempts to take a lease that another replica holds
 * @param retryJitter the random time that is added to {@code retry}, so that several waiting
 *     replicas do not ask together; zero for none
 * @param during what happens to the lease while a round runs
 */
public record WorkerPolicy(
    Duration linger,
    Optional<Sharing> sharing,
    Duration retry,
    Duration retryJitter,
    DuringRound during) {

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

  /** What happens to the lease while a round runs. */
  public enum DuringRound {
    /** Nothing: a round is short, and looks at the lease itself before it writes. */
    NOTHING,
    /** The lease is renewed. A round that loses it comes to its end, and must look at it. */
    RENEW,
    /** The lease is renewed. A lost lease and the stop of the service cancel the round. */
    RENEW_OR_CANCEL
  }
}
