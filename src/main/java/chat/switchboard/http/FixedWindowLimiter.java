package chat.switchboard.http;

import chat.switchboard.ops.LruMap;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * Counts what each of many does in a period. Bounded: of the very many, those who were seen last
 * are remembered.
 */
public final class FixedWindowLimiter {

  /** Bounds the memory: an entry is a name, such as an address or a number, and two numbers. */
  private static final int REMEMBERED = 10_000;

  private record Window(long since, int count) {}

  private final Clock clock;
  private final int limit;
  private final long periodMillis;
  private final Map<String, Window> windows = new LruMap<>(REMEMBERED);

  /**
   * @param limit how often in a period is not too often
   */
  public FixedWindowLimiter(int limit, Duration period, Clock clock) {
    this.limit = limit;
    this.periodMillis = period.toMillis();
    this.clock = clock;
  }

  /** Whether one more of this one would be within the limit; it is not counted. */
  public synchronized boolean wouldAllow(String who) {
    Window window = windows.get(who);
    return window == null
        || clock.millis() - window.since() >= periodMillis
        || window.count() < limit;
  }

  /** Counts one more of this one, and says whether that is still within the limit. */
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
