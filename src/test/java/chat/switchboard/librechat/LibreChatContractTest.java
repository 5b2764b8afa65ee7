package chat.switchboard.librechat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * LibreChat's data layer reads the documents that Switchboard writes, and Switchboard reads the
 * documents that LibreChat's data layer writes.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class LibreChatContractTest {

  @Inject LibreChatRelease newest;

  private final LibreChat libreChat = new LibreChat();

  private DataLayer dataLayer;

  private void with(DataLayer release) throws Exception {
    dataLayer = release;
    Optional<String> missing = release.unavailable();
    if (missing.isPresent()) {
      if (System.getenv("CI") != null) {
        fail(missing.get());
      }
      abort("Skipped, the contract with LibreChat's data layer: " + missing.get());
    }
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @ParameterizedTest
  @EnumSource
  void a_message_put_into_librechats_own_conversation_is_returned_by_it(DataLayer release)
      throws Exception {
    with(release);
    JsonPath made = seed();
    String user = made.getString("userId");
    String conversation = made.getString("conversationId");
    List<String> own = made.getList("messageIds");

    String id =
        given()
            .header("X-Internal-API-Key", TestDatabase.API_KEY)
            .contentType(ContentType.JSON)
            .body(
                """
                {"role":"external","content":"Tuesday at one? 🕐",
                 "metadata":{"source":"sms","phoneNumber":"+15551234567"}}""")
            .post("/api/messages/{id}/external", conversation)
            .then()
            .statusCode(201)
            .extract()
            .path("messageId");

    JsonPath messages = messages(conversation, user);
    assertThat(messages.getList("messageId")).containsExactly(own.get(0), own.get(1), id);
    Map<String, Object> ours = messages.getMap("[2]");
    assertThat(ours)
        .containsEntry("text", "Tuesday at one? 🕐")
        .containsEntry("role", "user")
        .containsEntry("isCreatedByUser", false)
        .containsEntry("sender", "SMS +1••••••4567")
        .containsEntry("model", "SMS")
        .containsEntry("iconURL", "/switchboard/icons/sms.svg")
        .containsEntry("endpoint", "openAI")
        .containsEntry("parentMessageId", own.get(1))
        .containsEntry(
            "metadata", Map.of("source", "sms", "phoneNumber", "+15551234567", "role", "external"));
  }

  @ParameterizedTest
  @EnumSource
  void a_strangers_text_appears_in_the_owners_sidebar_and_can_be_answered(DataLayer release)
      throws Exception {
    with(release);
    String owner = libreChat.owner();
    libreChat.conversation(
        owner, new Document("model", "the-newest-model").append("updatedAt", new Date()));
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    Twilio.sms("Is anybody there?").from(number).arrives().then().statusCode(200);
    String conversation =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first()
            .getString("conversationId");

    JsonPath sidebar = dataLayer.run("conversations", "{\"user\":\"" + owner + "\"}");
    assertThat(sidebar.getString("conversations[0].conversationId")).isEqualTo(conversation);
    assertThat(sidebar.getString("conversations[0].endpoint")).isEqualTo("openAI");
    assertThat(sidebar.getString("conversations[0].model")).isEqualTo("the-newest-model");

    String text = messages(conversation, owner).getString("[0].messageId");
    JsonPath reply =
        dataLayer.run(
            "reply",
            """
            {"conversationId":"%s","user":"%s","parentMessageId":"%s","text":"I am."}"""
                .formatted(conversation, owner, text));
    String answer =
        libreChat.message(conversation, owner, reply.getString("messageId"), "GPT", new Date());
    Twilio.sms("Good.").from(number).arrives().then().statusCode(200);

    JsonPath all = messages(conversation, owner);
    assertThat(all.getList("text"))
        .containsExactly("Is anybody there?", "I am.", "Something", "Good.");
    assertThat(all.getString("[2].parentMessageId")).isEqualTo(reply.getString("messageId"));
    assertThat(all.getString("[3].parentMessageId")).isEqualTo(answer);
  }

  @ParameterizedTest
  @EnumSource
  void librechats_own_token_opens_the_stream(DataLayer release) throws Exception {
    with(release);
    JsonPath made = seed();
    String token =
        dataLayer
            .run("token", "{\"user\":\"" + made.getString("userId") + "\"}")
            .getString("token");
    try (Browser browser = Browser.open(token).connected()) {
      assertThat(browser.response().statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_message_says_that_a_model_did_not_write_it_where_the_release_knows_that(DataLayer data)
      throws Exception {
    with(data);
    libreChat.collection("messages").deleteMany(new Document());
    JsonPath made = seed();
    boolean known =
        libreChat
                .collection("messages")
                .countDocuments(
                    new Document("messageId", made.getString("messageIds[1]"))
                        .append("isUserSubmitted", false))
            == 1;
    assertThat(known).isEqualTo(data == DataLayer.NEWEST);
    newest.lookAgain().await().atMost(Duration.ofSeconds(60));
    inject(made.getString("conversationId"), "Hello");
    Document stored =
        libreChat.lastMessage(made.getString("conversationId"), made.getString("userId"));
    assertThat(stored.get("isUserSubmitted")).isEqualTo(known ? true : null);
  }

  @ParameterizedTest
  @EnumSource
  void an_archived_conversation_is_in_the_sidebar_again(DataLayer release) throws Exception {
    with(release);
    JsonPath made = seed();
    String conversation = made.getString("conversationId");
    String user = made.getString("userId");
    String ids = "{\"conversationId\":\"%s\",\"user\":\"%s\"}".formatted(conversation, user);
    dataLayer.run("archive", ids);
    String sidebar = "{\"user\":\"" + user + "\"}";
    assertThat(dataLayer.run("conversations", sidebar).getList("conversations")).isEmpty();
    inject(conversation, "Still there?");
    assertThat(dataLayer.run("conversations", sidebar).getList("conversations.conversationId"))
        .containsExactly(conversation);
    assertThat(libreChat.conversationOf(conversation)).doesNotContainKey("archivedAt");
  }

  private static void inject(String conversation, String text) {
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"" + text + "\"}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201);
  }

  private JsonPath seed() {
    String email = "carol-" + ThreadLocalRandom.current().nextLong(1L << 40) + "@example.com";
    return dataLayer.run("seed", "{\"email\":\"" + email + "\",\"name\":\"Carol\"}");
  }

  private JsonPath messages(String conversation, String user) {
    return dataLayer.run(
        "messages", "{\"conversationId\":\"%s\",\"user\":\"%s\"}".formatted(conversation, user));
  }
}
