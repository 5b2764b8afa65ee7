package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.FakeTimers;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ConnectionDescription;
import com.mongodb.connection.ConnectionId;
import com.mongodb.connection.ServerId;
import com.mongodb.event.ServerHeartbeatSucceededEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ServerClockTest {

  private static final Instant TRUE_TIME = Instant.parse("2026-03-01T12:00:00Z");

  private Duration machineAhead = Duration.ZERO;
  private Instant now = TRUE_TIME;
  private final FakeTimers timers = new FakeTimers();

  private final ServerClock clock =
      new ServerClock(
          new Clock() {
            @Override
            public ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return now.plus(machineAhead);
            }
          },
          timers);

  @Test
  void beforeTheFirstHeartbeatTheClockIsThisMachinesClock() {
    machineAhead = Duration.ofMinutes(5);

    assertThat(clock.instant()).isEqualTo(TRUE_TIME.plusSeconds(300));
  }

  @Test
  void aMachineThatIsFourteenSecondsAheadTellsTheTimeOfTheServer() {
    machineAhead = Duration.ofSeconds(14);

    heartbeat(now, Duration.ofMillis(2), false);

    assertThat(Duration.between(now, clock.instant()).abs()).isLessThan(Duration.ofMillis(5));
    assertThat(clock.millis()).isEqualTo(clock.instant().toEpochMilli());
  }

  @Test
  void aMachineThatIsTenMinutesBehindTellsTheTimeOfTheServer() {
    machineAhead = Duration.ofMinutes(-10);

    heartbeat(now, Duration.ofSeconds(2), true);

    assertThat(Duration.between(now, clock.instant()).abs()).isLessThan(Duration.ofMillis(5));
  }

  @Test
  void theDelayOfTheNetworkDoesNotMoveTheClock() {
    heartbeat(now.minusMillis(180), Duration.ofMillis(200), false);

    assertThat(clock.instant()).isEqualTo(now);
  }

  @Test
  void theResponseThatASuspendedProcessReadsLateDoesNotMoveTheClock() {
    heartbeat(now, Duration.ofMillis(1), false);

    heartbeat(now.minusSeconds(60), Duration.ofSeconds(61), true);
    heartbeat(now.minusSeconds(60), Duration.ofSeconds(61), false);

    assertThat(clock.instant()).isEqualTo(now);
  }

  @Test
  void aSlowFirstResponseIsBetterThanNone() {
    machineAhead = Duration.ofMinutes(10);

    heartbeat(now.minusSeconds(2), Duration.ofSeconds(3), false);

    assertThat(Duration.between(now, clock.instant()).abs()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void theTimePassesBetweenTwoHeartbeatsAlsoIfTheMachinesClockIsSet() {
    heartbeat(now, Duration.ofMillis(1), false);

    pass(Duration.ofMillis(700));
    machineAhead = Duration.ofSeconds(108);
    pass(Duration.ofMillis(300));

    assertThat(clock.instant()).isEqualTo(TRUE_TIME.plusSeconds(1));
  }

  @Test
  void aClockOfTheServerThatIsSetIsFollowed() {
    heartbeat(now, Duration.ofMillis(1), false);

    heartbeat(now.minusSeconds(40), Duration.ofMillis(1), false);
    assertThat(clock.instant()).isBetween(now.minusMillis(40_005), now.minusMillis(39_995));
  }

  @Test
  void aSecondaryAndAServerWithoutATimeDoNotMoveTheClock() {
    clock.serverHeartbeatSucceeded(
        event(
            BsonDocument.parse(
                "{isWritablePrimary: false, secondary: true, localTime: {$date: 0}}"),
            Duration.ZERO,
            false));
    clock.serverHeartbeatSucceeded(
        event(BsonDocument.parse("{isWritablePrimary: true}"), Duration.ZERO, false));
    clock.serverHeartbeatSucceeded(
        event(
            BsonDocument.parse("{isWritablePrimary: true, localTime: 'noon'}"),
            Duration.ZERO,
            false));

    assertThat(clock.instant()).isEqualTo(now);
  }

  @Test
  void aClockOfAnotherTimeZoneFollowsTheSameServer() {
    Clock tokyo = clock.withZone(ZoneId.of("Asia/Tokyo"));
    machineAhead = Duration.ofSeconds(14);

    heartbeat(now, Duration.ZERO, false);

    assertThat(tokyo.getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    assertThat(tokyo.instant()).isEqualTo(now);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    timers.freeze(time);
  }

  private void heartbeat(Instant serverTime, Duration elapsed, boolean awaited) {
    clock.serverHeartbeatSucceeded(
        event(
            BsonDocument.parse(
                "{ismaster: true, localTime: {$date: {$numberLong: '"
                    + serverTime.toEpochMilli()
                    + "'}}}"),
            elapsed,
            awaited));
  }

  private static ServerHeartbeatSucceededEvent event(
      BsonDocument reply, Duration elapsed, boolean awaited) {
    ConnectionId connection =
        new ConnectionDescription(new ServerId(new ClusterId(), new ServerAddress()))
            .getConnectionId();
    return new ServerHeartbeatSucceededEvent(connection, reply, elapsed.toNanos(), awaited);
  }
}
