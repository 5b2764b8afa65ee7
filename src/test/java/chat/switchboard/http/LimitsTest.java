package chat.switchboard.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Requests beyond a limit are refused, or stored without an answer, and never slow other callers
 * down.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(LimitsTest.Small.class)
class LimitsTest {

  /** Limits that a test can reach. */
  public static class Small implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.limits.in-flight", "3",
          "switchboard.limits.sms-per-minute", "2",
          "switchboard.limits.failures-per-minute", "4");
    }
  }

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void many_failed_attempts_get_429_and_a_caller_with_a_key_still_gets_in() {
    List<Integer> answers =
        IntStream.range(0, 12)
            .mapToObj(
                i ->
                    given()
                        .header("X-API-Key", "guess-" + i)
                        .contentType(ContentType.JSON)
                        .body("{}")
                        .post("/api/messages/external")
                        .statusCode())
            .toList();
    assertThat(answers).contains(401).endsWith(429, 429, 429);
    given()
        .header("X-API-Key", "guess")
        .contentType(ContentType.JSON)
        .body("{}")
        .post("/api/messages/external")
        .then()
        .statusCode(429)
        .header("Retry-After", "60")
        .contentType("application/problem+json");
    // The same address, and everyone who shows the right thing:
    String user = libreChat.user();
    inject(libreChat.conversation(user)).then().statusCode(201);
    libreChat.owner();
    Twilio.sms("Hello").from("+15559990001").arrives().then().statusCode(200);
    Twilio.sms("Hello").from("+15559990001").withSignature("x").arrives().then().statusCode(429);
    given().get("/api/messages/stream?token=x").then().statusCode(429);
  }

  @Test
  void texts_over_the_rate_are_stored_and_marked_so_that_nothing_answers_them() {
    String owner = libreChat.owner();
    for (int i = 0; i < 4; i++) {
      Twilio.sms("Text " + i).from("+15559990002").arrives().then().statusCode(200);
    }
    Document mapping =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", "+15559990002"))
            .first();
    assertThat(libreChat.messages(mapping.getString("conversationId"), owner)).hasSize(4);
    assertThat(given().get("/q/metrics").asString())
        .containsPattern("switchboard_sms_over_rate_total [23]\\.0");
  }

  @Test
  void more_than_may_be_under_way_is_asked_to_come_again() {
    String user = libreChat.user();
    String conversation = libreChat.conversation(user);
    String last = libreChat.lastMessage(conversation, user).getString("messageId");
    // A question without an answer: an injected message must wait, and stays in flight for that
    // time.
    libreChat.message(conversation, user, last, "User", new Date());
    ExecutorService callers = Executors.newFixedThreadPool(8);
    List<Response> answers =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> inject(conversation), callers))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();
    callers.shutdown();
    assertThat(answers.stream().map(Response::statusCode))
        .containsOnly(202, 429)
        .filteredOn(status -> status == 202)
        .hasSize(3);
    answers.stream()
        .filter(one -> one.statusCode() == 429)
        .forEach(busy -> busy.then().header("Retry-After", "1").body("status", equalTo(429)));
  }

  private static Response inject(String conversation) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
