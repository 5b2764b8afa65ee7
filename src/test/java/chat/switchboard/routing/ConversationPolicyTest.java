package chat.switchboard.routing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new conversation in place of an archived one, and deadlines by a retention policy. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(ConversationPolicyTest.Policies.class)
class ConversationPolicyTest {

  private static final Duration KEPT = Duration.ofHours(48);
  private static final long A_MINUTE = 60_000;

  /** The settings of an operator with a retention policy. */
  public static class Policies implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.archived", "new", "switchboard.retention", "48h");
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String number;

  @BeforeEach
  void aPhone() {
    owner = libreChat.owner();
    number = newNumber();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_text_for_an_archived_conversation_opens_another_one() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String before = ArchivedConversationTest.conversationOf(libreChat, number);
    ArchivedConversationTest.archive(libreChat, before);
    Twilio.sms("Hello again").from(number).arrives().then().statusCode(200);
    String after = ArchivedConversationTest.conversationOf(libreChat, number);

    assertThat(after).isNotEqualTo(before);
    assertThat(libreChat.conversationOf(before)).containsEntry("isArchived", true);
    assertThat(libreChat.messages(before, owner)).hasSize(1);
    assertThat(libreChat.lastMessage(after, owner)).containsEntry("text", "Hello again");

    ArchivedConversationTest.archive(libreChat, after);
    Twilio.sms("And again").from(number).arrives().then().statusCode(200);
    assertThat(ArchivedConversationTest.conversationOf(libreChat, number)).isNotIn(before, after);
  }

  @Test
  void many_texts_at_once_open_one_other_conversation() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String before = ArchivedConversationTest.conversationOf(libreChat, number);
    ArchivedConversationTest.archive(libreChat, before);
    IntStream.range(0, 20)
        .parallel()
        .forEach(i -> Twilio.sms("Text " + i).from(number).arrives().then().statusCode(200));
    String after = ArchivedConversationTest.conversationOf(libreChat, number);
    await().untilAsserted(() -> assertThat(libreChat.messages(after, owner)).hasSize(20));
  }

  @Test
  void people_of_one_archived_conversation_go_on_in_one_other() {
    String friend = newNumber();
    String shared = libreChat.conversation(libreChat.user());
    map(number, shared);
    map(friend, shared);
    ArchivedConversationTest.archive(libreChat, shared);
    Twilio.sms("One").from(number).arrives().then().statusCode(200);
    Twilio.sms("Two").from(friend).arrives().then().statusCode(200);
    String after = ArchivedConversationTest.conversationOf(libreChat, number);
    assertThat(after).isNotEqualTo(shared);
    assertThat(ArchivedConversationTest.conversationOf(libreChat, friend)).isEqualTo(after);
    String user = libreChat.conversationOf(shared).getString("user");
    assertThat(libreChat.conversationOf(after)).containsEntry("user", user);
    assertThat(libreChat.messages(after, user)).hasSize(2);

    // Mapped to the archived one again, on purpose: a newer mapping counts.
    libreChat
        .collection("conversations")
        .updateOne(
            new Document("conversationId", shared),
            new Document("$set", new Document("isArchived", false)));
    map(number, shared);
    Twilio.sms("Three").from(number).arrives().then().statusCode(200);
    assertThat(libreChat.lastMessage(shared, user)).containsEntry("text", "Three");
  }

  @Test
  void an_api_call_by_id_unarchives_all_the_same() {
    String conversation = libreChat.conversation(owner);
    ArchivedConversationTest.archive(libreChat, conversation);
    inject(conversation);
    assertThat(libreChat.conversationOf(conversation)).containsEntry("isArchived", false);
  }

  @Test
  void a_conversation_that_is_opened_ends_by_the_policy_and_its_messages_with_it() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String conversation = ArchivedConversationTest.conversationOf(libreChat, number);
    Date deadline = deadlineOf(conversation);
    assertThat(deadline.getTime() - System.currentTimeMillis())
        .isCloseTo(KEPT.toMillis(), within(A_MINUTE));
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("expiredAt", deadline);
  }

  @Test
  void a_later_text_moves_the_deadline_as_librechat_does() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String conversation = ArchivedConversationTest.conversationOf(libreChat, number);
    Date nearly = new Date(System.currentTimeMillis() + A_MINUTE);
    endsAt(conversation, nearly);
    Twilio.sms("Hello again").from(number).arrives().then().statusCode(200);
    Date deadline = deadlineOf(conversation);
    assertThat(deadline.getTime() - nearly.getTime())
        .isCloseTo(KEPT.toMillis(), within(2 * A_MINUTE));
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("expiredAt", deadline);
  }

  @Test
  void a_temporary_chat_and_a_chat_without_a_deadline_keep_their_deadline() {
    Date soon = new Date(System.currentTimeMillis() + A_MINUTE);
    String temporary =
        libreChat.conversation(owner, new Document("isTemporary", true).append("expiredAt", soon));
    String staying = libreChat.conversation(owner);
    for (String conversation : List.of(temporary, staying)) {
      inject(conversation);
      assertThat(libreChat.lastMessage(conversation, owner).get("expiredAt"))
          .isEqualTo(libreChat.conversationOf(conversation).get("expiredAt"));
    }
    assertThat(deadlineOf(temporary)).isEqualTo(soon);
    assertThat(deadlineOf(staying)).isNull();
  }

  private Date deadlineOf(String conversation) {
    return libreChat.conversationOf(conversation).getDate("expiredAt");
  }

  private void endsAt(String conversation, Date deadline) {
    libreChat
        .collection("conversations")
        .updateOne(
            new Document("conversationId", conversation),
            new Document("$set", new Document("expiredAt", deadline)));
  }

  private static String newNumber() {
    return "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  private static void map(String phone, String conversation) {
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"phoneNumber\":\"" + phone + "\",\"conversationId\":\"" + conversation + "\"}")
        .post("/api/mappings")
        .then()
        .statusCode(201);
  }

  private static void inject(String conversation) {
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201);
  }
}
