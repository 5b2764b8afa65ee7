package chat.switchboard.feed;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.Browser;
import chat.switchboard.support.Injection;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Date;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that other programs write into the same database. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class FeedTest {

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aUser() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_message_injected_at_another_replica_is_announced_once() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String message = elsewhere();
      assertThat(browser.heard(message).json().getString("type")).isEqualTo("newMessage");
      assertThat(browser.heard(message).json().getString("message.role")).isEqualTo("external");
      onlyOnce(browser, message);
    }
  }

  @Test
  void a_message_injected_at_this_replica_is_announced_at_once_and_once() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String message = inject();
      browser.heard(message);
      onlyOnce(browser, message);
    }
  }

  @Test
  void the_agents_answer_to_an_injected_message_is_heard() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String question = inject();
      String answer =
          libreChat.message(conversation, user, question, "GPT", new Date(), new Document());
      Browser.Event event = browser.heard(answer);
      assertThat(event.name()).isEqualTo("newMessage");
      assertThat(event.json().getString("type")).isEqualTo("agentReply");
      assertThat(event.json().getString("parentMessageId")).isEqualTo(question);
      assertThat(browser.messages()).containsExactly(question, answer);
    }
  }

  @Test
  void an_answer_is_heard_when_it_is_complete_and_not_before() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String question = inject();
      String answer =
          libreChat.message(
              conversation, user, question, "GPT", new Date(), new Document("unfinished", true));
      await().during(Duration.ofSeconds(2)).until(() -> browser.messages().size() <= 1);
      libreChat
          .collection("messages")
          .updateOne(
              new Document("messageId", answer),
              new Document(
                  "$set", new Document("unfinished", false).append("text", "Yes, of course")));
      assertThat(browser.heard(answer).json().getString("message.text"))
          .isEqualTo("Yes, of course");
    }
  }

  @Test
  void an_answer_is_heard_where_a_thousand_others_are_generated_at_the_same_time() {
    String busy = libreChat.user();
    String other = libreChat.conversation(busy);
    Document unfinished = new Document("unfinished", true);
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String question = inject();
      for (int i = 0; i < 1_100; i++) {
        libreChat.message(other, busy, LibreChat.NO_PARENT, "GPT", new Date(), unfinished);
      }
      String answer =
          libreChat.message(conversation, user, question, "GPT", new Date(), unfinished);
      // Until the looks go back to it no longer.
      await().during(Duration.ofSeconds(6)).until(() -> !browser.messages().contains(answer));
      libreChat
          .collection("messages")
          .updateOne(
              new Document("messageId", answer),
              new Document("$set", new Document("unfinished", false)));
      browser.heard(answer);
    } finally {
      // No other test waits for these.
      libreChat.collection("messages").deleteMany(new Document("conversationId", other));
    }
  }

  @Test
  void the_conversation_of_owner_and_agent_is_not_announced() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String question =
          libreChat.message(conversation, user, LibreChat.NO_PARENT, "User", new Date());
      libreChat.message(conversation, user, question, "GPT", new Date());
      String message = elsewhere();
      browser.heard(message);
      assertThat(browser.messages()).containsExactly(message);
    }
  }

  @Test
  void only_the_owner_hears_what_another_replica_injected() {
    String stranger = libreChat.user();
    try (Browser owner = Browser.open(LibreChat.token(user)).connected();
        Browser other = Browser.open(LibreChat.token(stranger)).connected()) {
      owner.heard(elsewhere());
      assertThat(other.events()).isEmpty();
    }
  }

  @Test
  void documents_that_are_no_messages_do_not_stop_it() {
    Date now = new Date();
    libreChat.collection("messages").insertOne(new Document("createdAt", now));
    libreChat
        .collection("messages")
        .insertOne(
            new Document("createdAt", now)
                .append("messageId", 5)
                .append("user", new Document())
                .append("metadata", "none")
                .append("tenantId", UUID.randomUUID().toString()));
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      browser.heard(elsewhere());
    }
  }

  @Test
  void readiness_watches_the_age_of_the_feed() {
    given()
        .get("/q/health/ready")
        .then()
        .body("checks.find { it.name == 'feed' }.status", equalTo("UP"))
        .body("checks.find { it.name == 'feed' }.data.by", equalTo("looking"));
    String metrics = given().get("/q/metrics").asString();
    assertThat(metrics).contains("switchboard_feed_age_seconds");
  }

  private static void onlyOnce(Browser browser, String message) {
    // Longer than several looks, all of which look back to it.
    await()
        .during(Duration.ofSeconds(3))
        .until(() -> browser.messages().stream().filter(message::equals).count() == 1);
  }

  private String elsewhere() {
    return libreChat.message(
        conversation,
        user,
        LibreChat.NO_PARENT,
        "SMS",
        new Date(),
        new Document("metadata", new Document("role", "external").append("source", "sms")));
  }

  private String inject() {
    return Injection.into(conversation);
  }
}
