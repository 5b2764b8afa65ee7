package chat.switchboard.mongo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.ops.Timers;
import chat.switchboard.support.CommandCounts;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The number of commands that a replica without work sends. */
@QuarkusTest
@QuarkusTestResource(value = TestDatabase.WithChangeStreams.class, restrictToAnnotatedClass = true)
@TestProfile(IdleCostTest.SoonQuiet.class)
class IdleCostTest {

  private static final int SECONDS = 60;

  /** The change stream's questions a second: the server holds each back for 4 s. */
  private static final double CHANGES = 0.25;

  /** The commands of jobs that run soon after the start, and then every 10 minutes or more. */
  private static final String ONCE_IN_TEN_MINUTES =
      "(insert|delete) switchboard_leases|.* switchboard_(mappings|phones|hooks|media.files|media.chunks)"
          + "|find switchboard_media";

  public static class SoonQuiet implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.stream.feed", "changes");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(QuietAtOnce.class);
    }
  }

  @Alternative
  @Singleton
  public static class QuietAtOnce extends RecentWrites {

    public QuietAtOnce(Timers timers) {
      super(timers);
    }

    @Override
    Duration quiet() {
      return Duration.ofSeconds(1);
    }
  }

  @Inject WhileIdle idle;

  @Test
  void a_replica_without_work_sends_less_than_one_command_a_second_and_its_probes_send_none() {
    await().until(idle::isNow);
    Map<String, Integer> before = CommandCounts.all();
    long from = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(2 * SECONDS))
        .until(
            () -> {
              given().get("/q/metrics").then().statusCode(200);
              given().get("/q/health").then().statusCode(200);
              return System.nanoTime() - from > Duration.ofSeconds(SECONDS).toNanos();
            });
    double seconds = (System.nanoTime() - from) / 1e9;
    Map<String, Integer> sent = new TreeMap<>(CommandCounts.all());
    before.forEach((command, count) -> sent.merge(command, -count, Integer::sum));
    sent.values().removeIf(count -> count == 0);
    double rate =
        sent.entrySet().stream()
                .filter(one -> !one.getKey().matches(ONCE_IN_TEN_MINUTES))
                // The database of the tests answers at once, without the pause of a real server.
                .filter(one -> !one.getKey().startsWith("getMore"))
                .mapToInt(Map.Entry::getValue)
                .sum()
            / seconds;
    assertThat(rate).as("%s in %.0f s", sent, seconds).isLessThan(1 - CHANGES);
  }
}
