package chat.switchboard.mongo;

import chat.switchboard.ops.MachineTime;
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
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jboss.logging.Logger;

/**
 * The clock of the database server, which all replicas share: messages, waiting times and due times
 * of one replica have a meaning for the other replicas. The server tells its time in the response
 * to each heartbeat of the driver ({@code localTime} of {@code hello}), so that this class sends no
 * command.
 *
 * <p>This class keeps the difference between the two clocks. As long as a heartbeat is consistent
 * with the difference, the difference stays, so that the time does not jump by the network's delay.
 * Of a server that does not tell its time, the clock is this machine's clock.
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
   * response, and the time in the response, much later.
   */
  private static final long LATE_MILLIS = 1_000;

  private final Clock machine;
  private final ZoneId zone;
  private final Shared shared;

  /** The difference, in common with the clocks of other time zones. */
  private static final class Shared {
    private volatile long aheadMillis;
  }

  @Inject
  ServerClock(@MachineTime Clock machine) {
    this(machine, ZoneOffset.UTC, new Shared());
  }

  private ServerClock(Clock machine, ZoneId zone, Shared shared) {
    this.machine = machine;
    this.zone = zone;
    this.shared = shared;
  }

  /** Returns how far the server's clock is ahead of this machine's clock; negative if behind. */
  Duration ahead() {
    return Duration.ofMillis(shared.aheadMillis);
  }

  @Override
  public void serverHeartbeatSucceeded(ServerHeartbeatSucceededEvent event) {
    BsonDocument hello = event.getReply();
    BsonValue time = hello.get("localTime");
    if (time != null && time.isDateTime() && isPrimary(hello)) {
      observe(
          time.asDateTime().getValue(),
          event.getElapsedTime(TimeUnit.MILLISECONDS),
          event.isAwaited());
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
    if (delay > LATE_MILLIS) {
      return;
    }
    long least = serverMillis - machine.millis();
    long most = least + delay;
    long current = shared.aheadMillis;
    if (current >= least - TOLERANCE_MILLIS && current <= most + TOLERANCE_MILLIS) {
      return;
    }
    long changed = least + delay / 2;
    shared.aheadMillis = changed;
    if (Math.abs(changed) >= FAULT_MILLIS) {
      LOG.warnf(
          "This machine's clock is %.1f s %s MongoDB's clock. Switchboard dates messages by"
              + " MongoDB's clock. Let both machines set their clocks by NTP.",
          Math.abs(changed) / 1_000.0, changed < 0 ? "ahead of" : "behind");
    }
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return other.equals(zone) ? this : new ServerClock(machine, other, shared);
  }

  @Override
  public long millis() {
    return machine.millis() + shared.aheadMillis;
  }

  @Override
  public Instant instant() {
    return machine.instant().plusMillis(shared.aheadMillis);
  }
}
