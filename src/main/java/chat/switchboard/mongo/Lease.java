package chat.switchboard.mongo;

import java.time.Duration;

/** The right to do what only one may do at a time, as long as it is renewed in time. */
public final class Lease {

  final String id;
  final String token;
  private final long lifeNanos;
  private volatile long renewedAt;

  Lease(String id, String token, Duration life, long takenAt) {
    this.id = id;
    this.token = token;
    this.lifeNanos = life.toNanos();
    this.renewedAt = takenAt;
  }

  /** When the last renewal was asked for: the lease counts from before the question was sent. */
  void renewed(long askedAt) {
    renewedAt = askedAt;
  }

  /** Whether it should be renewed before anything is written under it. */
  public boolean isOld() {
    return age() > lifeNanos / 3;
  }

  /** Whether another replica may have taken it over by now. */
  public boolean mayBeLost() {
    return age() > lifeNanos * 2 / 3;
  }

  /** How long ago it was renewed last. */
  public Duration heldWithoutRenewal() {
    return Duration.ofNanos(age());
  }

  private long age() {
    return System.nanoTime() - renewedAt;
  }
}
