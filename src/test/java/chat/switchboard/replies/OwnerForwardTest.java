package chat.switchboard.replies;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.feed.SeenMessageListener;
import chat.switchboard.librechat.Message;
import chat.switchboard.outbound.OutgoingText;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.Said;
import chat.switchboard.support.SentTexts;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The owner answers in LibreChat: the owner's messages go to the phones if forwarding is
 * configured.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(OwnerForwardTest.Forwarding.class)
class OwnerForwardTest {

  private static final String SHOP = "+15550007001";
  private static final String CLUB = "+15550007002";

  /** A number with forwarding to its people. */
  public static class Forwarding implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.numbers.\"" + SHOP + "\".forward-owner", "true");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(SentTexts.class);
    }
  }

  @Inject SeenMessageListener listener;
  @Inject Vertx vertx;

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String conversation;
  private String number;

  @BeforeEach
  void aConversation() {
    owner = libreChat.owner();
    conversation = libreChat.conversation(owner);
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_owners_message_is_sent_to_the_phone_once_by_all_replicas_together() {
    map(SHOP, null).then().statusCode(201).body("forwardOwner", nullValue());
    Message typed = typed("We are on our way.");
    see(typed);
    see(typed);
    OutgoingText text = await().until(() -> SentTexts.to(number), sent -> sent.size() == 1).get(0);
    assertThat(text.text()).isEqualTo("We are on our way.");
    assertThat(text.from()).contains(SHOP);
    assertThat(text.conversationId()).isEqualTo(conversation);
    settled();
    assertThat(SentTexts.to(number)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Dial *131*2#",
        "5. a\n7. b",
        "tracking:\n\n[1]: https://example.com/t/123",
        "  C:\\_temp\\*.txt  ",
        "a `password` with b`cktick$\n"
      })
  void the_owners_message_is_sent_character_for_character(String words) {
    map(SHOP, null).then().statusCode(201);
    see(typed(words));
    OutgoingText text = await().until(() -> SentTexts.to(number), sent -> sent.size() == 1).get(0);
    assertThat(text.text()).isEqualTo(words);
    assertThat(text.format()).isEqualTo(TextFormat.TEXT);
  }

  @Test
  void the_parts_of_an_owners_message_have_priority_over_its_text() {
    map(SHOP, null).then().statusCode(201);
    Message message = typed("as it was");
    message.content = List.of(new Document("type", "text").append("text", "as *it* is"));
    see(message);
    OutgoingText text = await().until(() -> SentTexts.to(number), sent -> sent.size() == 1).get(0);
    assertThat(text.text()).isEqualTo("as *it* is");
    assertThat(text.format()).isEqualTo(TextFormat.TEXT);
  }

  @Test
  void a_text_made_of_marks_is_forwarded_too() {
    map(SHOP, null).then().statusCode(201);
    String words = "> ".repeat(3_000);
    see(typed(words));
    OutgoingText text = await().until(() -> SentTexts.to(number), sent -> sent.size() == 1).get(0);
    assertThat(text.text()).isEqualTo(words);
  }

  @Test
  void a_mappings_forward_owner_has_priority_over_the_numbers() {
    map(SHOP, false).then().statusCode(201).body("forwardOwner", equalTo(false));
    String hears = number;
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    map(CLUB, true).then().statusCode(201).body("forwardOwner", equalTo(true));
    see(typed("Hello"));
    await().until(() -> SentTexts.to(number).size() == 1);
    settled();
    assertThat(SentTexts.to(hears)).isEmpty();
  }

  @Test
  void everything_else_stays_in_librechat() {
    map(SHOP, null).then().statusCode(201);
    Message agents = typed("The agent's own words");
    agents.createdByUser = false;
    Message outside = typed("From another phone");
    outside.createdByUser = false;
    outside.metadata = new Document("role", "external");
    Message old = typed("Typed an hour ago");
    old.createdAt = new Date(System.currentTimeMillis() - 3_600_000);
    Message half = typed("Half of");
    half.unfinished = true;
    Message stranger = typed("Another user's under the same id");
    stranger.user = libreChat.user();
    for (Message message : List.of(agents, outside, old, half, stranger)) {
      see(message);
    }
    settled();
    assertThat(SentTexts.to(number)).isEmpty();
  }

  @Test
  void without_the_setting_nothing_goes() {
    map(CLUB, null).then().statusCode(201);
    see(typed("Hello"));
    settled();
    assertThat(SentTexts.to(number)).isEmpty();
  }

  @Test
  void a_backlog_of_three_thousand_questions_is_worked_through_whole() {
    map(SHOP, null).then().statusCode(201);
    List<Document> stored = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      boolean goes = i % 10 == 0;
      stored.add(
          new Document("messageId", UUID.randomUUID().toString())
              .append("conversationId", goes ? conversation : UUID.randomUUID().toString())
              .append("user", owner)
              .append("parentMessageId", LibreChat.NO_PARENT)
              .append("isCreatedByUser", true)
              .append("unfinished", false)
              .append("text", "Word " + i)
              .append("createdAt", new Date()));
    }
    libreChat.collection("messages").insertMany(stored);
    await().atMost(Duration.ofSeconds(60)).until(() -> SentTexts.to(number).size() == 300);
    assertThat(SentTexts.to(number)).extracting(OutgoingText::text).doesNotHaveDuplicates();
  }

  @Test
  void forward_owner_is_true_or_false() {
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            "{\"phoneNumber\":\"+15550001111\",\"conversationId\":\""
                + conversation
                + "\",\"forwardOwner\":\"yes\"}")
        .post("/api/mappings")
        .then()
        .statusCode(400)
        .body("error", equalTo("forwardOwner must be true or false"));
  }

  /** A later message has been sent, so that the messages before are processed. */
  private void settled() {
    String before = number;
    String here = conversation;
    conversation = libreChat.conversation(owner);
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    map(SHOP, true);
    see(typed("The last"));
    await().until(() -> SentTexts.to(number).size() == 1);
    number = before;
    conversation = here;
  }

  private Response map(String serviceNumber, Boolean forwardOwner) {
    Document body =
        new Document("phoneNumber", number)
            .append("conversationId", conversation)
            .append("serviceNumber", serviceNumber);
    if (forwardOwner != null) {
      body.append("forwardOwner", forwardOwner);
    }
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(body.toJson())
        .post("/api/mappings");
  }

  /** Stores a message of the owner as LibreChat does. */
  private Message typed(String text) {
    Message message = new Message();
    message.messageId = UUID.randomUUID().toString();
    message.conversationId = conversation;
    message.user = owner;
    message.createdByUser = true;
    message.text = text;
    message.createdAt = new Date();
    return message;
  }

  /** As the feed does it: on an event loop. */
  private void see(Message message) {
    Said.see(listener, vertx, message);
  }
}
