package chat.switchboard.outbound;

import chat.switchboard.mongo.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** The rate at which one service number sends, and its rests while Twilio accepts no text. */
final class SendRate {

  private final double segmentsPerSecond;
  private final Backoff backoff;
  private final LongSupplier nanoTime;
  private long freeAt;
  private long restsUntil;
  private int troubles;

  /**
   * @param segmentsPerSecond the segments that the carrier takes from one number
   * @param backoff the lengths of the rests
   * @param nanoTime the monotonic time
   */
  SendRate(double segmentsPerSecond, Backoff backoff, LongSupplier nanoTime) {
    this.segmentsPerSecond = segmentsPerSecond;
    this.backoff = backoff;
    this.nanoTime = nanoTime;
    this.freeAt = nanoTime.getAsLong();
    this.restsUntil = freeAt;
  }

  /**
   * Takes the next place for this text, and returns the time until then. A message on a channel
   * without segments, such as WhatsApp, counts as one segment whatever its length.
   */
  Duration reserve(OutboxEntry text) {
    return reserve(SpendGuard.billed(text.phoneNumber, List.of(text)));
  }

  /** Takes the next place for this many segments, and returns the time until then. */
  synchronized Duration reserve(int segments) {
    long now = nanoTime.getAsLong();
    long wait = Math.max(0, freeAt - now);
    freeAt = now + wait + (long) (segments * 1e9 / segmentsPerSecond);
    return Duration.ofNanos(wait);
  }

  /** Returns the time until the end of the rest; zero without a rest. */
  synchronized Duration rest() {
    return Duration.ofNanos(Math.max(0, restsUntil - nanoTime.getAsLong()));
  }

  /** Notes that Twilio has answered: the next rest is short again. */
  synchronized void wentWell() {
    troubles = 0;
  }

  /**
   * Notes that Twilio accepted no text: the number rests, because its other texts would fail too.
   * Each rest is longer than the rest before.
   *
   * @param atLeast the time that Twilio asks for; zero if none
   */
  synchronized void trouble(Duration atLeast) {
    Duration rest = backoff.delay(troubles++);
    restsUntil = nanoTime.getAsLong() + Math.max(rest.toNanos(), atLeast.toNanos());
  }

  /**
   * Whether the rate can be forgotten: the rate delays no text, and no earlier trouble makes the
   * next rest longer.
   */
  synchronized boolean isIdle() {
    long now = nanoTime.getAsLong();
    return troubles == 0 && now - freeAt > 0 && now - restsUntil > 0;
  }
}
