package chat.switchboard.mongo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import chat.switchboard.support.OddDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** An index build that takes longer than the time limit of other commands. */
@QuarkusTest
@QuarkusTestResource(value = OddDatabase.WithSlowIndexes.class, restrictToAnnotatedClass = true)
@TestProfile(SlowIndexTest.OwnApplication.class)
class SlowIndexTest {

  /** Tests of one application share the registry of metrics, whose gauges outlive a restart. */
  public static class OwnApplication implements QuarkusTestProfile {}

  @Test
  void a_slow_unique_index_is_named_until_it_is_built_and_sent_once() {
    given()
        .get("/q/health/ready")
        .then()
        .statusCode(503)
        .body(
            "checks.find { it.name == 'indexes' }.data.now",
            containsString("building switchboard_outbox {\"sid\": 1}"));
    await().untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    assertThat(of("switchboard_outbox", "unique")).hasSize(1);
    // The next slow index is not unique: the service is ready during the build.
    await().until(() -> !of("switchboard_outbox", "expireAfterSeconds").isEmpty());
    given()
        .get("/q/health/ready")
        .then()
        .statusCode(200)
        .body(
            "checks.find { it.name == 'indexes' }.data.now",
            containsString("building switchboard_outbox {\"forgetAt\": 1}"));
    await()
        .during(Duration.ofMillis(OddDatabase.WithSlowIndexes.MILLIS + 1_000))
        .until(() -> of("switchboard_outbox", "expireAfterSeconds").size() == 1);
  }

  private static List<BsonDocument> of(String collection, String option) {
    return OddDatabase.proxy().commands("createIndexes").stream()
        .filter(command -> collection.equals(command.getString("createIndexes").getValue()))
        .filter(command -> command.getArray("indexes").get(0).asDocument().containsKey(option))
        .toList();
  }
}
