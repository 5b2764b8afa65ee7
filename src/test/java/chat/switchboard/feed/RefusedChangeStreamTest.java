package chat.switchboard.feed;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A standalone server refuses change streams. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(RefusedChangeStreamTest.Changes.class)
class RefusedChangeStreamTest {

  public static class Changes implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.stream.feed", "changes", "switchboard.stream.poll-interval", "200ms");
    }
  }

  private static LogLines log;

  @BeforeAll
  static void listen() {
    log = LogLines.of(FeedDriver.class.getName());
  }

  @AfterAll
  static void end() {
    log.close();
  }

  @Test
  void messages_arrive_by_polling_the_doctor_warns_and_the_log_has_one_line() {
    String mongo = System.getenv("MONGO_URI");
    assumeTrue(mongo == null || mongo.isBlank(), "A standalone server refuses; yours may not");
    await()
        .untilAsserted(
            () ->
                given()
                    .header("X-API-Key", TestDatabase.API_KEY)
                    .get("/api/doctor")
                    .then()
                    .statusCode(200)
                    .body("checks.find { it.name == 'Change stream' }.status", is("warn"))
                    .body(
                        "checks.find { it.name == 'Change stream' }.mend",
                        containsString("switchboard.stream.feed=poll")));
    int before = warnings().size();
    LibreChat libreChat = new LibreChat();
    String user = libreChat.user();
    String conversation = libreChat.conversation(user);
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String message =
          libreChat.message(
              conversation,
              user,
              LibreChat.NO_PARENT,
              "SMS",
              new Date(),
              new Document("metadata", new Document("role", "external")));
      browser.heard(message);
      // The retry after ten seconds would log a second line.
      await().during(Duration.ofSeconds(12)).until(() -> warnings().size() == before);
    } finally {
      libreChat.close();
    }
    assertThat(warnings()).hasSizeLessThanOrEqualTo(1);
  }

  private static List<LogRecord> warnings() {
    return log.records().stream()
        .filter(line -> line.getLevel().intValue() >= Level.WARNING.intValue())
        .toList();
  }
}
