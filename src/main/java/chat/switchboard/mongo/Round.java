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
   * Returns the step instead of a round, before the lease is taken; empty if there is work. Reads
   * no database.
   */
  Optional<Next> insteadOfRound();

  /** Does a piece of the work, of at most a few seconds unless the policy has a heartbeat. */
  Uni<Next> run(Lease lease);

  /**
   * Called before the first attempt to take the lease if {@link WorkerPolicy#readsEarly()}: the
   * round may begin to read what it needs, while the lease is taken. This method writes nothing.
   */
  default void readEarly() {}

  /**
   * Called when the lease was taken, before the first round under it.
   *
   * @param early whether what {@link #readEarly()} reads counts: no other replica has written under
   *     the lease since
   */
  default void acquired(boolean early) {}

  /**
   * Called after each attempt to take a lease that another replica holds.
   *
   * @return whether the worker continues to wait for the lease; otherwise the other replica does
   *     the work
   */
  Uni<Boolean> isStillWaiting();

  /**
   * Returns the step after a failed round, a failed renewal or a failed attempt to take the lease.
   */
  Next failed(Throwable failure);

  /**
   * Called when the service begins to stop. This method alone may be called during another method:
   * a long round then begins no new step.
   */
  default void stopping() {}

  /** Called after the last round before the service stops: refuses the work that waits. */
  default void refuse() {}
}
