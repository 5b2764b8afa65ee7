package chat.switchboard.feed;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsStringIgnoringCase;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import chat.switchboard.support.Browser;
import chat.switchboard.support.FreePort;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.Date;
import java.util.Map;
import java.util.logging.Level;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A service whose Redis never answers. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(RedisAwayTest.Away.class)
class RedisAwayTest {

  public static class Away implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.redis.uri", "redis://:secret@127.0.0.1:" + FreePort.next());
    }
  }

  private static LogLines log;

  @BeforeAll
  static void listen() {
    log = LogLines.all();
  }

  @AfterAll
  static void end() {
    log.close();
  }

  @Test
  void the_service_is_ready_and_the_log_has_one_warning_without_the_password() {
    await().until(() -> warnings() == 1);
    await()
        .untilAsserted(
            () ->
                given()
                    .get("/q/health/ready")
                    .then()
                    .statusCode(200)
                    .body("status", is("UP"))
                    .body("checks.name", everyItem(not(containsStringIgnoringCase("redis")))));
    LibreChat libreChat = new LibreChat();
    String user = libreChat.user();
    String conversation = libreChat.conversation(user);
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      browser.heard(
          libreChat.message(
              conversation,
              user,
              LibreChat.NO_PARENT,
              "SMS",
              new Date(),
              new Document("metadata", new Document("role", "external"))));
    } finally {
      libreChat.close();
    }
    await().during(Duration.ofSeconds(5)).until(() -> warnings() == 1);
    assertThat(log.texts()).noneMatch(line -> line.contains("secret@"));
  }

  private static long warnings() {
    return log.records().stream()
        .filter(line -> line.getLevel().intValue() >= Level.WARNING.intValue())
        .filter(
            line ->
                String.valueOf(line.getMessage()).contains("Redis")
                    || String.valueOf(line.getLoggerName()).contains("redis"))
        .count();
  }
}
