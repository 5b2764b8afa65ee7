package chat.switchboard.replies;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of the owner to a message from outside in LibreChat: fork, duplicate, edit. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(ForksAndEditsTest.Own.class)
class ForksAndEditsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** Little patience. */
  public static class Own implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.replies.debounce", "300ms",
          "switchboard.replies.initial-backoff", "1500ms",
          "switchboard.replies.timeout", "12s");
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat agent;
  private String user;

  @BeforeEach
  void aUser() {
    agent = FakeLibreChat.Resource.get();
    agent.reset();
    user = libreChat.user();
  }

  @AfterEach
  void close() {
    agent.reset();
    libreChat.close();
  }

  @ParameterizedTest(name = "copied {0} s after it was written")
  @CsvSource({"0", "90000"})
  void a_copy_of_a_strangers_words_has_its_role_again(int age) {
    Date then = new Date(System.currentTimeMillis() - age * 1_000L);
    String fork = libreChat.conversation(user, new Document("createdAt", new Date()));
    String last = libreChat.lastMessage(fork, user).getString("messageId");
    String copy = libreChat.message(fork, user, last, "SMS +1555…", then, stranger());
    String own = libreChat.message(fork, user, copy, "GPT", then);
    await().atMost(SOON).until(() -> "user".equals(role(copy)));
    assertThat(role(own)).isNull();
    given().get("/q/metrics").then().body(containsString("switchboard_roles_restored_total"));
  }

  @Test
  void before_the_agent_is_asked_every_copy_has_its_role_again() {
    // The conversation is too old for the scan of new conversations, and the message too old for
    // the feed.
    Date longAgo = new Date(System.currentTimeMillis() - 200_000_000L);
    String fork = libreChat.conversation(user, new Document("createdAt", longAgo));
    String first =
        libreChat.message(fork, user, LibreChat.NO_PARENT, "SMS +1555…", longAgo, stranger());
    String other =
        libreChat.message(
            fork, user, first, "Forum", longAgo, stranger().append("role", "assistant"));
    libreChat
        .collection("messages")
        .updateMany(
            new Document("conversationId", fork).append("metadata", null),
            new Document("$set", new Document("createdAt", longAgo)));
    inject(fork, "Hello");
    await().atMost(SOON).until(() -> agent.asked(fork).size() == 1);
    assertThat(role(first)).isEqualTo("user");
    // A role that is there is left alone.
    assertThat(role(other)).isEqualTo("assistant");
  }

  @Test
  void the_agent_is_asked_with_the_words_after_an_edit() {
    String conversation = libreChat.conversation(user);
    agent.willBe(conversation, Manner.IS_BROKEN);
    String id = inject(conversation, "Meet at noon");
    await().atMost(SOON).until(() -> agent.asked(conversation).size() == 1);
    libreChat
        .collection("messages")
        .updateOne(
            new Document("messageId", id),
            new Document(
                "$set",
                new Document(
                    "content",
                    List.of(new Document("type", "text").append("text", "  Meet at *six*\n")))));
    await().atMost(SOON).until(() -> agent.asked(conversation).size() == 2);
    assertThat(agent.asked(conversation).get(1).body()).containsEntry("text", "  Meet at *six*\n");
  }

  private static Document stranger() {
    return new Document("metadata", new Document("role", "external").append("source", "sms"))
        .append("model", "sms");
  }

  private String role(String messageId) {
    return libreChat
        .collection("messages")
        .find(new Document("messageId", messageId))
        .first()
        .getString("role");
  }

  private static String inject(String conversation, String text) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            new Document("role", "external").append("content", text).append("reply", true).toJson())
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201)
        .extract()
        .path("messageId");
  }
}
