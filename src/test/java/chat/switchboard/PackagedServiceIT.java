package chat.switchboard;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.restassured.http.ContentType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The packaged service, as it is delivered: the jar, or the native executable. */
@QuarkusIntegrationTest
@QuarkusTestResource(TestDatabase.class)
class PackagedServiceIT {

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void an_injected_message_is_stored_whole_and_heard() {
    String user = libreChat.user();
    String conversation = libreChat.conversation(user);
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String id =
          given()
              .header("X-Internal-API-Key", TestDatabase.API_KEY)
              .contentType(ContentType.JSON)
              .body(
                  """
                  {"role":"external","content":[{"type":"text","text":"Hello 👋"}],
                   "metadata":{"source":"sms","deep":{"list":[1,{"a":true}]}}}""")
              .post("/api/messages/{id}/external", conversation)
              .then()
              .statusCode(201)
              .body("metadata.deep.list[1].a", equalTo(true))
              .extract()
              .path("messageId");
      assertThat(browser.heard(id).json().getString("message.text")).isEqualTo("Hello 👋");
    }
    Document stored = libreChat.lastMessage(conversation, user);
    assertThat(stored)
        .containsEntry("role", "user")
        .containsEntry("text", "Hello 👋")
        .containsEntry("_meiliIndex", false);
    assertThat(stored.getList("content", Document.class))
        .containsExactly(new Document("type", "text").append("text", "Hello 👋"));
    assertThat(stored.getEmbedded(java.util.List.of("metadata", "role"), String.class))
        .isEqualTo("external");
  }

  @Test
  void a_text_message_opens_a_conversation_and_the_next_goes_on_in_it() {
    String owner = libreChat.owner();
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    Twilio.sms("One")
        .from(number)
        .arrives()
        .then()
        .statusCode(200)
        .body(containsString("Response"));
    Twilio.sms("Two").from(number).arrives().then().statusCode(200);
    String conversation =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first()
            .getString("conversationId");
    assertThat(libreChat.messages(conversation, owner))
        .extracting(message -> message.getString("text"))
        .containsExactly("One", "Two");
  }

  @Test
  void errors_are_problem_json_with_a_sentence() {
    given().post(Twilio.WEBHOOK).then().statusCode(org.hamcrest.Matchers.oneOf(403, 415));
    given()
        .contentType(ContentType.JSON)
        .body("{}")
        .post("/api/messages/external")
        .then()
        .statusCode(401)
        .contentType("application/problem+json");
    given().get("/api/messages/stream?token=x").then().statusCode(401);
    given().post("/api/messages/stream").then().statusCode(405).header("Allow", "GET, OPTIONS");
  }

  @Test
  void neither_a_token_nor_a_key_nor_a_number_nor_a_text_reaches_the_log() throws Exception {
    libreChat.owner();
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    String token = LibreChat.token(libreChat.user());
    Browser.open(token).connected().close();
    given().get("/api/messages/stream?token=" + token + "x").then().statusCode(401);
    given().header("X-API-Key", "a-wrong-key-0").post("/api/messages/external");
    Twilio.sms("The text of a message").from(number).arrives().then().statusCode(200);
    Twilio.sms("Another text").from(number).withSignature("forged").arrives();
    Path log = Path.of("target/quarkus.log");
    await().until(() -> Files.readString(log).contains("POST /api/twilio/webhook"));
    assertThat(Files.readString(log))
        .contains("GET /api/messages/stream HTTP/1.1")
        .doesNotContain(token.substring(0, 30))
        .doesNotContain(number)
        .doesNotContain("a-wrong-key-0")
        .doesNotContain(TestDatabase.API_KEY)
        .doesNotContain(TestDatabase.AUTH_TOKEN)
        .doesNotContain("The text of a message");
  }

  @Test
  void operators_find_health_metrics_and_the_description() {
    given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
    given().get("/q/health/live").then().statusCode(200);
    given().get("/q/health/started").then().statusCode(200);
    given()
        .get("/q/metrics")
        .then()
        .statusCode(200)
        .body(containsString("switchboard_streams_active"));
    given()
        .accept(ContentType.JSON)
        .get("/q/openapi")
        .then()
        .statusCode(200)
        .body(
            "paths.'/api/messages/{conversationId}/external'.post.operationId",
            equalTo("injectMessage"));
    given().get("/q/swagger-ui/").then().statusCode(200);
  }
}
