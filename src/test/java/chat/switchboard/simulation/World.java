package chat.switchboard.simulation;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The virtual time of a run, and its events: one thread takes them in the order of their time. An
 * event of a replica is dropped if the replica has died since, and is late if the replica is
 * frozen.
 */
final class World {

  /** The time at which each run begins. */
  static final long BEGIN = 1_795_000_000_000L;

  /** An event that has not happened yet. */
  private record Event(long at, long number, SimulatedReplica of, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  /** Random numbers for the code of the JDK's type, from the seed. */
  private static final class SeededRandom extends Random {
    private static final long serialVersionUID = 1L;

    SeededRandom(long seed) {
      super(seed);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final SplittableRandom choices;
  private final Random random;
  private final ScheduledExecutorService scheduler = new VirtualScheduler(this);
  private final List<String> history;
  private final Happenings happenings = new Happenings(Bridge.plan());
  private long nanos;
  private long numbers;
  private long steps;
  private long objectIds;
  private SimulatedReplica current;
  private SimulatedTwilio twilio;
  private final SimulatedVertx vertx = new SimulatedVertx(this);

  /**
   * @param recorded whether the history is written; the history changes nothing else
   */
  World(long seed, boolean recorded) {
    this.choices = new SplittableRandom(seed);
    this.random = new SeededRandom(choices.nextLong());
    this.history = recorded ? new ArrayList<>() : null;
  }

  /** Returns random numbers of their own for one part of the simulation. */
  SplittableRandom choices() {
    return choices.split();
  }

  /** The event loop of all replicas: each task is an event of the replica that gives it. */
  SimulatedVertx vertx() {
    return vertx;
  }

  /** The carrier of outgoing texts; null in a run without outgoing texts. */
  SimulatedTwilio twilio() {
    return twilio;
  }

  void put(SimulatedTwilio carrier) {
    twilio = carrier;
  }

  Happenings happenings() {
    return happenings;
  }

  Random random() {
    return random;
  }

  UUID randomUuid() {
    long high = random.nextLong() & 0xffffffffffff0fffL | 0x4000L;
    return new UUID(high, random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L);
  }

  /** Returns the bytes of a new ObjectId, which begins with the time. */
  byte[] objectId() {
    return ByteBuffer.allocate(12).putInt((int) (millis() / 1_000)).putLong(++objectIds).array();
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  /** The virtual time since the beginning. */
  Duration time() {
    return Duration.ofNanos(nanos);
  }

  long nanoTime() {
    return nanos;
  }

  /** The true time, in epoch milliseconds. */
  long millis() {
    return BEGIN + nanos / 1_000_000;
  }

  long steps() {
    return steps;
  }

  /** The replica whose code runs now; null for the world outside. */
  SimulatedReplica current() {
    return current;
  }

  /** Plans an event of the part that runs now. */
  Runnable after(Duration delay, Runnable action) {
    return after(current, delay, action);
  }

  /**
   * Plans an event.
   *
   * @param of the replica; null for the world outside
   * @return cancels the event
   */
  Runnable after(SimulatedReplica of, Duration delay, Runnable action) {
    Event event = new Event(nanos + Math.max(0, delay.toNanos()), numbers++, of, action);
    events.add(event);
    return () -> events.remove(event);
  }

  /** Returns the number of events that a replica waits for: timers, and responses on their way. */
  int pending(SimulatedReplica of) {
    return (int) events.stream().filter(event -> event.of == of).count();
  }

  /** Runs code of a replica now. */
  void as(SimulatedReplica replica, Runnable action) {
    SimulatedReplica before = current;
    current = replica;
    try {
      action.run();
    } finally {
      current = before;
    }
  }

  /** Lets the next event happen; false if there is none. */
  boolean step() {
    Event next = events.poll();
    if (next == null) {
      return false;
    }
    nanos = Math.max(nanos, next.at);
    if (next.of != null && !next.of.isAlive()) {
      return true;
    }
    if (next.of != null && next.of.frozenUntil() > nanos) {
      events.add(new Event(next.of.frozenUntil(), next.number, next.of, next.action));
      return true;
    }
    steps++;
    as(next.of, next.action);
    return true;
  }

  /** Writes a line of the history. */
  void say(String format, Object... arguments) {
    if (history != null) {
      history.add(
          String.format(
              Locale.ROOT,
              "%10.3f  %-8s  %s",
              nanos / 1e9,
              current == null ? "-" : current.name(),
              String.format(Locale.ROOT, format, arguments)));
    }
  }

  boolean isRecorded() {
    return history != null;
  }

  List<String> history() {
    return history == null ? List.of() : history;
  }
}
