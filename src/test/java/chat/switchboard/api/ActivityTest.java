package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ActivityTest {

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_feed_shows_sender_source_and_conversation_but_not_the_text() {
    String owner = libreChat.owner();
    String conversation = libreChat.conversation(owner);
    libreChat.message(conversation, owner, "p", "User", new Date());
    Instant before = Instant.now();
    Twilio.sms("The words of a stranger").from("+15557770001").arrives().then().statusCode(200);
    operator()
        .get("/api/feed?since=" + before.minusSeconds(1))
        .then()
        .statusCode(200)
        .body("items[0].sender", equalTo("SMS +1••••••0001"))
        .body("items[0].source", equalTo("sms"))
        .body("items[0].characters", equalTo(23))
        .body("items.sender", everyItem(not(equalTo("User"))))
        .body(not(containsString("stranger")))
        .body(not(containsString("+15557770001")));
    operator()
        .get("/api/feed?since=" + Instant.now().plusSeconds(60))
        .then()
        .body("items.size()", equalTo(0));
  }

  @Test
  void the_feed_has_the_newest_first_and_no_more_than_was_asked_for() {
    libreChat.owner();
    for (int i = 0; i < 3; i++) {
      Twilio.sms("Text " + i).from("+1555777001" + i).arrives().then().statusCode(200);
    }
    operator()
        .get("/api/feed?limit=2")
        .then()
        .body("items.size()", equalTo(2))
        .body("items[0].sender", equalTo("SMS +1••••••0012"))
        .body("items.sender", hasItem("SMS +1••••••0011"));
  }

  @Test
  void an_unreadable_since_parameter_is_refused_with_a_sentence() {
    operator()
        .get("/api/feed?since=yesterday")
        .then()
        .statusCode(400)
        .body("error", containsString("since must be a date"));
    operator().get("/api/feed?limit=many").then().statusCode(400);
  }

  @Test
  void the_streams_that_are_open_are_counted() {
    String user = libreChat.user();
    int before = operator().get("/api/streams").path("open");
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      assertThat(browser.ended()).isFalse();
      operator()
          .get("/api/streams")
          .then()
          .body("open", equalTo(before + 1))
          .body("limit", equalTo(20_000))
          .body("simulator", equalTo(false));
    }
    await().until(() -> operator().get("/api/streams").path("open").equals(before));
  }

  private static RequestSpecification operator() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY).urlEncodingEnabled(false);
  }
}
