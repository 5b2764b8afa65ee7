package chat.switchboard.mongo;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** The leases that the replicas share. */
public interface LeaseStore {

  /** The result of a renewal. */
  enum Renewal {
    /** The lease is still held. */
    KEPT,
    /** The lease is still held, and another replica waits for it. */
    WANTED_BY_ANOTHER,
    /** Another replica has taken the lease over, or it was deleted. */
    LOST
  }

  /**
   * Takes the lease. If another replica holds the lease, the record is marked as wanted, and the
   * beat of the holder is observed: a holder without a beat for the life of a lease is dead, and
   * the lease is taken over.
   *
   * @return empty while another replica holds the lease
   */
  Uni<Optional<Lease>> take(LeaseKey key);

  /** Renews the lease; marks a lost lease ({@link Lease#isLost()}). */
  Uni<Renewal> renew(Lease lease);

  /** Gives the lease back, unless another replica has taken it over. */
  Uni<Void> giveBack(Lease lease);

  /**
   * Gives the lease back after a recent write under it, unless another replica has taken it over.
   * The next holder takes the lease at once, and sees that it was not free ({@link
   * Lease#wasFree()}), so that what that holder read before it took the lease may be outdated.
   */
  Uni<Void> handOver(Lease lease);

  /** Forgets the observed beat of a holder: this process does not want the lease any more. */
  void forget(LeaseKey key);
}
