package chat.switchboard.stream;

import chat.switchboard.feed.OwnAnnouncements;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
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

  /** The number of requests in a group: 2,000 a second. */
  static final int MOST_IN_GROUP = 400;

  /** The number of requests whose user is being looked up. */
  static final int MOST_UNDER_WAY = 800;

  /** The number of waiting requests: 6 s at the full rate. */
  static final int MOST_WAITING = 12_000;

  /** A request that has waited for this time is deferred: the database responds slowly. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(12);

  /** A process that starts opens no stream before it follows the feed, for at most this time. */
  static final Duration EARLY = Duration.ofSeconds(5);

  private static final Duration INTERVAL = Duration.ofMillis(INTERVAL_MILLIS);

  private static final Logger LOG = Logger.getLogger(OpeningGroups.class);

  /** The opening of one stream; called by the thread of the request or of the timer. */
  interface Opening {

    /**
     * @param checked called once when the user is looked up
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
  private final BooleanSupplier feed;

  /** The monotonic time of the start of the process, approximately. */
  private final long madeAt;

  // The fields below are guarded by this object's monitor; no code of others runs inside of it.

  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private int underWay;

  /** Whether a timer for the next group runs. */
  private boolean planned;

  @Inject
  OpeningGroups(Timers timers, OwnAnnouncements announcements) {
    this(timers, announcements::isComplete);
  }

  /**
   * @param feed whether replays read the feed; before that each replay has queries of its own
   */
  OpeningGroups(Timers timers, BooleanSupplier feed) {
    this.timers = timers;
    this.feed = feed;
    this.madeAt = timers.nanoTime();
  }

  /** Begins an opening now or with a later group, or defers the opening. */
  void add(Opening opening) {
    boolean begins = false;
    boolean now = false;
    boolean isFull = false;
    boolean isEarly = isEarly();
    synchronized (this) {
      if (!planned && !isEarly) {
        planned = true;
        underWay++;
        now = true;
        begins = true;
      } else if (waiting.size() < MOST_WAITING) {
        waiting.add(new Waiting(opening, timers.nanoTime()));
        begins = !planned;
        planned = true;
      } else {
        isFull = true;
      }
    }
    if (begins) {
      timers.after(INTERVAL, this::next);
    }
    if (now) {
      begin(opening);
    } else if (isFull) {
      opening.defer();
    }
  }

  /** Whether the process has just started and does not follow the feed yet. */
  private boolean isEarly() {
    return timers.nanoTime() - madeAt < EARLY.toNanos() && !feed.getAsBoolean();
  }

  private void next() {
    boolean isEarly = isEarly();
    List<Opening> group = new ArrayList<>();
    List<Opening> late = new ArrayList<>();
    synchronized (this) {
      long latest = timers.nanoTime() - LONGEST_WAIT.toNanos();
      while (!waiting.isEmpty() && waiting.peek().since() - latest < 0) {
        late.add(waiting.poll().opening());
      }
      while (!isEarly
          && group.size() < MOST_IN_GROUP
          && underWay < MOST_UNDER_WAY
          && !waiting.isEmpty()) {
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
      LOG.warnf("Opening a stream failed: %s", Cause.of(failure));
    }
  }

  private synchronized void checked() {
    underWay--;
  }
}
