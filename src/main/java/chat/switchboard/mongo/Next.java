package chat.switchboard.mongo;

import java.time.Duration;

/** The step of a {@link LeasedWorker} after a round. */
public sealed interface Next {

  /**
   * Another round under the same lease.
   *
   * @param pause the time until then; a wake-up does not shorten it
   */
  record Again(Duration pause) implements Next {

    /** Another round at once. */
    public static final Again NOW = new Again(Duration.ZERO);
  }

  /** No work is left: the worker gives the lease back after {@link WorkerPolicy#linger()}. */
  record Idle() implements Next {}

  /**
   * The worker gives the lease back now.
   *
   * @param pause the time until the worker is woken, if no other event wakes it before
   */
  record RetryAfter(Duration pause) implements Next {}
}
