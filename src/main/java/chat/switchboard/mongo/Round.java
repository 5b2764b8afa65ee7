package chat.switchboard.mongo;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * The work of a {@link LeasedWorker}. The worker calls one method at a time and waits for its
 * result, so that an implementation needs no lock for what only these methods use; {@link
 * #stopping()} is the exception.
 */
public interface Round {

  /**
   * Returns what to do instead of a round, before the lease is asked for; empty where there is work
   * to do. Reads no database.
   */
  Optional<Next> insteadOfRound();

  /** Does a piece of the work, of at most a few seconds unless the policy has a heartbeat. */
  Uni<Next> run(Lease lease);

  /** Called when the lease was taken, before the first round under it. */
  default void acquired() {}

  /**
   * Called after each attempt to take a lease that another replica holds.
   *
   * @return whether the worker goes on waiting for the lease; otherwise the work is left to the
   *     other replica
   */
  Uni<Boolean> isStillWaiting();

  /** Returns what to do after a failure of a round, of a renewal or of the taking of the lease. */
  Next failed(Throwable failure);

  /**
   * Called when the service begins to stop. The only method that may be called while another one
   * is: a long round begins nothing new from then on.
   */
  default void stopping() {}

  /** Called after the last round before the service stops: refuses the work that waits. */
  default void refuse() {}
}
