package chat.switchboard.stream;

import chat.switchboard.ops.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jboss.logging.Logger;

/**
 * Opens streams in groups. A request that comes alone begins at once. While many clients reconnect,
 * a group begins every {@value #INTERVAL_MILLIS} ms: the queries of a group go to the database
 * together, and a process that has just started, whose code is slow, gets no more requests than it
 * can complete.
 */
@ApplicationScoped
class OpeningGroups {

  /** The time between two groups, of which each needs up to seven commands: 35 a second. */
  static final int INTERVAL_MILLIS = 200;

  /** The number of requests in a group: 1,250 a second. */
  static final int MOST_IN_GROUP = 250;

  /** The number of requests whose token is being checked. */
  static final int MOST_UNDER_WAY = 500;

  /** The number of waiting requests: 4.8 s at the full rate. */
  static final int MOST_WAITING = 6_000;

  /** A request that has waited for this time is deferred: the database responds slowly. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(6);

  private static final Duration INTERVAL = Duration.ofMillis(INTERVAL_MILLIS);

  private static final Logger LOG = Logger.getLogger(OpeningGroups.class);

  /** The opening of one stream; the timer's thread calls the methods. */
  interface Opening {

    /**
     * @param checked called once when the token is checked
     */
    void begin(Runnable checked);

    /** Tells the client to come again later. */
    void defer();
  }

  /**
   * @param since the monotonic time of the request
   */
  private record Waiting(Opening opening, long since) {}

  private final Timers timers;

  // The fields below are guarded by this object's monitor; no code of others runs inside of it.

  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private int underWay;

  /** Whether a timer for the next group runs. */
  private boolean planned;

  OpeningGroups(Timers timers) {
    this.timers = timers;
  }

  /** Begins an opening now or with a later group, or defers the opening. */
  void add(Opening opening) {
    boolean now = false;
    boolean isFull = false;
    synchronized (this) {
      if (!planned) {
        planned = true;
        underWay++;
        now = true;
      } else if (waiting.size() < MOST_WAITING) {
        waiting.add(new Waiting(opening, timers.nanoTime()));
      } else {
        isFull = true;
      }
    }
    if (now) {
      timers.after(INTERVAL, this::next);
      begin(opening);
    } else if (isFull) {
      opening.defer();
    }
  }

  private void next() {
    List<Opening> group = new ArrayList<>();
    List<Opening> late = new ArrayList<>();
    synchronized (this) {
      long latest = timers.nanoTime() - LONGEST_WAIT.toNanos();
      while (!waiting.isEmpty() && waiting.peek().since() - latest < 0) {
        late.add(waiting.poll().opening());
      }
      while (group.size() < MOST_IN_GROUP && underWay < MOST_UNDER_WAY && !waiting.isEmpty()) {
        group.add(waiting.poll().opening());
        underWay++;
      }
      planned = !group.isEmpty() || !waiting.isEmpty();
      if (planned) {
        timers.after(INTERVAL, this::next);
      }
    }
    late.forEach(Opening::defer);
    group.forEach(this::begin);
  }

  private void begin(Opening opening) {
    try {
      opening.begin(this::checked);
    } catch (RuntimeException failure) {
      // The other openings of the group go on.
      checked();
      LOG.warn("Opening a stream failed", failure);
    }
  }

  private synchronized void checked() {
    underWay--;
  }
}
