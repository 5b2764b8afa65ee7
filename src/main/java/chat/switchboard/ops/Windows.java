package chat.switchboard.ops;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts what each of many does in a minute. Bounded: of the very many, those who were seen last
 * are remembered.
 */
public final class Windows {

  private static final long MINUTE_MILLIS = 60_000;
  private static final int REMEMBERED = 10_000;

  private record Window(long since, int count) {}

  private final Clock clock;
  private final int limit;
  private final Map<String, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param limit how often in a minute is not too often
   */
  public Windows(int limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /** Counts one more of this one, and says whether that is still within the limit. */
  public synchronized boolean allows(String who) {
    long now = clock.millis();
    Window window = windows.get(who);
    Window next =
        window == null || now - window.since() >= MINUTE_MILLIS
            ? new Window(now, 1)
            : new Window(window.since(), window.count() + 1);
    windows.put(who, next);
    return next.count() <= limit;
  }
}
