package chat.switchboard.outbound;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How fast one number sends, and when it rests because Twilio takes nothing. */
final class SendRate {

  private static final Duration FIRST_REST = Duration.ofSeconds(1);

  private final double segmentsPerSecond;
  private final Duration longestRest;
  private long freeAt = System.nanoTime();
  private long restsUntil = System.nanoTime();
  private int troubles;

  SendRate(double segmentsPerSecond, Duration longestRest) {
    this.segmentsPerSecond = segmentsPerSecond;
    this.longestRest = longestRest;
  }

  /** Takes the next place for this many segments, and says how long it is until then. */
  synchronized Duration reserve(int segments) {
    long now = System.nanoTime();
    long start = now - freeAt > 0 ? now : freeAt;
    freeAt = start + (long) (segments * 1e9 / segmentsPerSecond);
    return Duration.ofNanos(start - now);
  }

  /** How long it still rests. */
  synchronized Duration rest() {
    return Duration.ofNanos(Math.max(0, restsUntil - System.nanoTime()));
  }

  /** Twilio answers. */
  synchronized void wentWell() {
    troubles = 0;
  }

  /**
   * Twilio took nothing: what waits behind would meet the same, so that all of it rests; longer
   * each time.
   */
  synchronized void trouble(Duration atLeast) {
    long ceiling =
        Math.min(longestRest.toMillis(), FIRST_REST.toMillis() << Math.min(troubles++, 20));
    long rest = Math.max(atLeast.toMillis(), ThreadLocalRandom.current().nextLong(ceiling + 1));
    restsUntil = System.nanoTime() + Duration.ofMillis(rest).toNanos();
  }

  /** Whether nothing of it need be remembered. */
  synchronized boolean isIdle() {
    long now = System.nanoTime();
    return troubles == 0 && now - freeAt > 0 && now - restsUntil > 0;
  }
}
