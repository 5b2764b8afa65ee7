package chat.switchboard.mongo;

import chat.switchboard.ops.MachineTime;
import chat.switchboard.ops.Timers;
import com.mongodb.event.ServerHeartbeatSucceededEvent;
import com.mongodb.event.ServerMonitorListener;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The clock of the database server, which all replicas share: messages, waiting times and due times
 * of one replica have a meaning for the other replicas. The server tells its time in the response
 * to each heartbeat of the driver ({@code localTime} of {@code hello}); {@link FirstServerTime}
 * asks for the time at the start.
 *
 * <p>Between two heartbeats the time passes by the monotonic clock, so that a machine whose clock
 * is set does not date messages into the future or the past. As long as a heartbeat agrees with
 * this clock, it changes nothing: the time does not jump by the network's delay. Before the first
 * response, and for a server that does not tell its time, this is the machine's clock.
 */
@Singleton
@DefaultBean
public final class ServerClock extends Clock implements ServerMonitorListener {

  private static final Logger LOG = Logger.getLogger(ServerClock.class);

  /** The deviation that a heartbeat does not correct: scheduling and the network delay replies. */
  private static final long TOLERANCE_MILLIS = 250;

  /** A larger difference is a fault of a clock, which an operator has to mend. */
  private static final long FAULT_MILLIS = 3_000;

  /**
   * The time after the interval of the heartbeats in which the response to a heartbeat is used. The
   * server holds a heartbeat back for the interval; a process that was suspended reads the
   * response, and the time in the response, much later. The first response is used in any case: its
   * time is better than none.
   */
  private static final long LATE_MILLIS = 1_000;

  /**
   * The time of the server at a moment.
   *
   * @param millis in milliseconds of the epoch
   * @param nanoTime the monotonic time of the moment
   */
  private record Reading(long millis, long nanoTime) {}

  /** The last reading, in common with the clocks of other time zones. */
  private static final class Shared {
    private volatile @Nullable Reading reading;
  }

  private final Clock machine;
  private final Timers timers;
  private final ZoneId zone;
  private final Shared shared;

  /** The difference of the two clocks that the log has. */
  private long loggedMillis;

  @Inject
  ServerClock(@MachineTime Clock machine, Timers timers) {
    this(machine, timers, ZoneOffset.UTC, new Shared());
  }

  private ServerClock(Clock machine, Timers timers, ZoneId zone, Shared shared) {
    this.machine = machine;
    this.timers = timers;
    this.zone = zone;
    this.shared = shared;
  }

  @Override
  public void serverHeartbeatSucceeded(ServerHeartbeatSucceededEvent event) {
    observe(
        event.getReply(),
        Duration.ofNanos(event.getElapsedTime(TimeUnit.NANOSECONDS)),
        event.isAwaited());
  }

  /** Takes the time of a response to {@code hello} that has just arrived. */
  void observe(BsonDocument hello, Duration elapsed, boolean awaited) {
    BsonValue time = hello.get("localTime");
    if (time != null && time.isDateTime() && isPrimary(hello)) {
      observe(time.asDateTime().getValue(), elapsed.toMillis(), awaited);
    }
  }

  /** The members of a replica set have clocks of their own: the primary's clock counts. */
  private static boolean isPrimary(BsonDocument hello) {
    return isTrue(hello.get("isWritablePrimary")) || isTrue(hello.get("ismaster"));
  }

  private static boolean isTrue(BsonValue value) {
    return value != null && value.isBoolean() && value.asBoolean().getValue();
  }

  /**
   * Takes the time of a response that has just arrived.
   *
   * @param serverMillis the server's time when the server sent the response
   * @param elapsedMillis the time between request and response
   * @param awaited whether the server held the response back until its state changed or the
   *     interval ended
   */
  synchronized void observe(long serverMillis, long elapsedMillis, boolean awaited) {
    long heldBack = awaited ? TimeUnit.SECONDS.toMillis(DatabaseWatch.LOOK_EVERY_SECONDS) : 0L;
    // The response needed between no time and this time to arrive.
    long delay = Math.max(0, elapsedMillis - heldBack);
    if (delay > LATE_MILLIS && shared.reading != null) {
      return;
    }
    long now = millis();
    long least = serverMillis - now;
    long most = least + delay;
    boolean agrees = least <= TOLERANCE_MILLIS && most >= -TOLERANCE_MILLIS;
    if (shared.reading == null || !agrees) {
      shared.reading = new Reading(agrees ? now : serverMillis + delay / 2, timers.nanoTime());
    }
    warn(millis() - machine.millis());
  }

  private void warn(long aheadMillis) {
    if (Math.abs(aheadMillis) < FAULT_MILLIS) {
      loggedMillis = 0;
    } else if (Math.abs(aheadMillis - loggedMillis) >= FAULT_MILLIS) {
      loggedMillis = aheadMillis;
      LOG.warnf(
          "This machine's clock is %s s %s MongoDB's clock. Switchboard dates messages by"
              + " MongoDB's clock. Let both machines set their clocks by NTP.",
          String.format(Locale.ROOT, "%.1f", Math.abs(aheadMillis) / 1_000.0),
          aheadMillis < 0 ? "ahead of" : "behind");
    }
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return other.equals(zone) ? this : new ServerClock(machine, timers, other, shared);
  }

  @Override
  public long millis() {
    return instant().toEpochMilli();
  }

  @Override
  public Instant instant() {
    Reading last = shared.reading;
    return last == null
        ? machine.instant()
        : Instant.ofEpochMilli(last.millis()).plusNanos(timers.nanoTime() - last.nanoTime());
  }
}
