package chat.switchboard.mongo;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: a random delay below a ceiling that doubles with each
 * attempt, so that attempts which failed together are not repeated together.
 *
 * @param initial the ceiling of the delay after attempt 0
 * @param max the highest ceiling
 * @param random the source of the delays
 * @see <a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">AWS
 *     Architecture Blog: Exponential Backoff and Jitter</a>
 */
public record Backoff(Duration initial, Duration max, RandomGenerator random) {

  /** 2^20 times the initial delay exceeds every configured maximum; more would overflow. */
  private static final int MOST_DOUBLINGS = 20;

  public Backoff(Duration initial, Duration max) {
    this(initial, max, () -> ThreadLocalRandom.current().nextLong());
  }

  /**
   * Returns the delay before the next attempt.
   *
   * @param attempts how many attempts have failed
   * @return from zero to the ceiling, exclusive, in milliseconds
   */
  public Duration delay(int attempts) {
    long doubled = initial.toMillis() << Math.min(attempts, MOST_DOUBLINGS);
    long ceiling = Math.max(1, Math.min(max.toMillis(), doubled));
    return Duration.ofMillis(random.nextLong(ceiling));
  }
}
