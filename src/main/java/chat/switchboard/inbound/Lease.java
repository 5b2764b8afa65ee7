package chat.switchboard.inbound;

import java.time.Duration;

/** The right to append to a conversation, as long as it is renewed in time. */
final class Lease {

  final String conversationId;
  final String token;
  private final long lifeNanos;
  private volatile long renewedAt;

  Lease(String conversationId, String token, Duration life, long takenAt) {
    this.conversationId = conversationId;
    this.token = token;
    this.lifeNanos = life.toNanos();
    this.renewedAt = takenAt;
  }

  /** When the last renewal was asked for: the lease counts from before the question was sent. */
  void renewed(long askedAt) {
    renewedAt = askedAt;
  }

  /** Whether it should be renewed before anything is written under it. */
  boolean isOld() {
    return age() > lifeNanos / 3;
  }

  /** Whether another replica may have taken it over by now. */
  boolean mayBeLost() {
    return age() > lifeNanos * 2 / 3;
  }

  Duration heldWithoutRenewal() {
    return Duration.ofNanos(age());
  }

  private long age() {
    return System.nanoTime() - renewedAt;
  }
}
