package chat.switchboard.http;

import chat.switchboard.ops.LruMap;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * Counts events for each key in fixed periods. The memory is bounded: the 10,000 keys that were
 * used last are remembered. Two periods that follow each other may have twice the limit around
 * their border.
 */
public final class FixedWindowLimiter {

  /**
   * Bounds the memory: an entry is a key, such as an IP address or a phone number, and two
   * integers.
   */
  private static final int REMEMBERED = 10_000;

  private record Window(long since, int count) {}

  private final Clock clock;
  private final int limit;
  private final long periodMillis;
  private final Map<String, Window> windows = new LruMap<>(REMEMBERED);

  /**
   * @param limit how many events of a key a period allows
   */
  public FixedWindowLimiter(int limit, Duration period, Clock clock) {
    this.limit = limit;
    this.periodMillis = period.toMillis();
    this.clock = clock;
  }

  /** Whether one more event of this key would be within the limit; does not count an event. */
  public synchronized boolean wouldAllow(String who) {
    Window window = windows.get(who);
    return window == null
        || clock.millis() - window.since() >= periodMillis
        || window.count() < limit;
  }

  /** Counts an event of this key, and returns whether the event is within the limit. */
  public synchronized boolean allows(String who) {
    long now = clock.millis();
    Window window = windows.get(who);
    Window next =
        window == null || now - window.since() >= periodMillis
            ? new Window(now, 1)
            : new Window(window.since(), window.count() + 1);
    windows.put(who, next);
    return next.count() <= limit;
  }
}
