package chat.switchboard.mongo;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The right to do work that only one replica may do at a time; the lease must be renewed in time.
 */
public final class Lease {

  final LeaseKey key;
  final String token;
  private final long lifeNanos;
  private final LongSupplier nanoTime;
  private final boolean wasFree;
  private volatile long renewedAt;
  private volatile boolean lost;

  /**
   * @param takenAt the monotonic time before the command that took the lease
   * @param nanoTime the monotonic time
   * @param wasFree see {@link #wasFree()}
   */
  Lease(
      LeaseKey key,
      String token,
      Duration life,
      long takenAt,
      LongSupplier nanoTime,
      boolean wasFree) {
    this.key = key;
    this.token = token;
    this.lifeNanos = life.toNanos();
    this.nanoTime = nanoTime;
    this.wasFree = wasFree;
    this.renewedAt = takenAt;
  }

  /** Notes a renewal: the life of the lease begins before the command is sent. */
  void renewed(long askedAt) {
    renewedAt = askedAt;
  }

  /** Notes that another replica holds the lease. */
  void lose() {
    lost = true;
  }

  /**
   * Whether the lease had no record when it was taken: no replica held the lease, and none had
   * handed it over in the last {@link Leases#HANDED_OVER_FOR}.
   */
  boolean wasFree() {
    return wasFree;
  }

  /** Whether a renewal has found that another replica holds the lease. */
  public boolean isLost() {
    return lost;
  }

  /** Whether the lease should be renewed before anything is written under it. */
  public boolean isOld() {
    return age() > lifeNanos / 3;
  }

  /** Whether another replica has taken the lease over, or may have by now. */
  public boolean mayBeLost() {
    return lost || age() > lifeNanos * 2 / 3;
  }

  /** Returns the time since the last renewal. */
  public Duration heldWithoutRenewal() {
    return Duration.ofNanos(age());
  }

  /** Returns how often a long piece of work renews the lease. */
  Duration beat() {
    return Duration.ofNanos(lifeNanos / 3);
  }

  private long age() {
    return nanoTime.getAsLong() - renewedAt;
  }
}
