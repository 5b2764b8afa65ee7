package chat.switchboard.outbound;

import chat.switchboard.mongo.Backoff;
import java.time.Duration;

/** How fast one number sends, and when it rests because Twilio takes nothing. */
final class SendRate {

  private static final Duration FIRST_REST = Duration.ofSeconds(1);

  private final double segmentsPerSecond;
  private final Backoff backoff;
  private long freeAt = System.nanoTime();
  private long restsUntil = System.nanoTime();
  private int troubles;

  SendRate(double segmentsPerSecond, Duration longestRest) {
    this.segmentsPerSecond = segmentsPerSecond;
    this.backoff = new Backoff(FIRST_REST, longestRest);
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
    Duration rest = backoff.delay(troubles++);
    restsUntil = System.nanoTime() + (rest.compareTo(atLeast) > 0 ? rest : atLeast).toNanos();
  }

  /** Whether nothing of it need be remembered. */
  synchronized boolean isIdle() {
    long now = System.nanoTime();
    return troubles == 0 && now - freeAt > 0 && now - restsUntil > 0;
  }
}
