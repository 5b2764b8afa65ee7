package chat.switchboard.routing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Conversations that LibreChat's sidebar does not list: archived conversations, and threads of
 * sub-agents.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ArchivedConversationTest {

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String number;

  @BeforeEach
  void aPhone() {
    owner = libreChat.owner();
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_text_brings_its_archived_conversation_back_into_the_sidebar() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String conversation = conversationOf(number);
    archive(conversation);
    Twilio.sms("Are you there?").from(number).arrives().then().statusCode(200);

    assertThat(conversationOf(number)).isEqualTo(conversation);
    isInTheSidebar(conversation);
    assertThat(libreChat.lastMessage(conversation, owner)).containsEntry("text", "Are you there?");
  }

  @Test
  void an_api_call_by_phone_number_unarchives_the_conversation() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String conversation = conversationOf(number);
    archive(conversation);
    injectFrom(number).statusCode(201).body("conversationId", equalTo(conversation));
    isInTheSidebar(conversation);
  }

  @Test
  void an_api_call_by_id_unarchives_the_conversation() {
    String conversation = libreChat.conversation(owner);
    archive(conversation);
    inject(conversation).statusCode(201);
    isInTheSidebar(conversation);
  }

  @Test
  void a_conversation_that_is_not_archived_gets_no_new_field() {
    String conversation = libreChat.conversation(owner);
    inject(conversation).statusCode(201);
    assertThat(libreChat.conversationOf(conversation))
        .containsEntry("isArchived", false)
        .doesNotContainKey("archivedAt");
  }

  @Test
  void a_sub_agents_thread_is_refused_to_the_api() {
    String thread = subAgentsThread(owner);
    inject(thread).statusCode(409).body("error", containsString("sub-agent"));
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .header("Idempotency-Key", "again")
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", thread)
        .then()
        .statusCode(409)
        .body("error", containsString("sub-agent"));
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"phoneNumber\":\"" + number + "\",\"conversationId\":\"" + thread + "\"}")
        .post("/api/mappings")
        .then()
        .statusCode(409)
        .body("error", containsString("sub-agent"));
    assertThat(libreChat.messages(thread, owner)).hasSize(2);
  }

  @Test
  void a_person_who_is_mapped_to_a_sub_agents_thread_gets_a_new_conversation() {
    Twilio.sms("Hello").from(number).arrives().then().statusCode(200);
    String before = conversationOf(number);
    libreChat
        .collection("conversations")
        .updateOne(
            new Document("conversationId", before),
            new Document("$set", new Document("subagentThread", lineage())));
    Twilio.sms("Hello again").from(number).arrives().then().statusCode(200);
    String after = conversationOf(number);
    assertThat(after).isNotEqualTo(before);
    assertThat(libreChat.messages(before, owner)).hasSize(1);
    assertThat(libreChat.lastMessage(after, owner)).containsEntry("text", "Hello again");

    injectFrom(number).statusCode(201).body("conversationId", not(equalTo(before)));
  }

  private void isInTheSidebar(String conversation) {
    assertThat(libreChat.conversationOf(conversation))
        .containsEntry("isArchived", false)
        .doesNotContainKey("archivedAt");
  }

  private void archive(String conversation) {
    archive(libreChat, conversation);
  }

  static void archive(LibreChat libreChat, String conversation) {
    libreChat
        .collection("conversations")
        .updateOne(
            new Document("conversationId", conversation),
            new Document(
                "$set", new Document("isArchived", true).append("archivedAt", new Date())));
  }

  private String subAgentsThread(String user) {
    return libreChat.conversation(user, new Document("subagentThread", lineage()));
  }

  private static Document lineage() {
    return new Document("rootConversationId", UUID.randomUUID().toString())
        .append("parentConversationId", UUID.randomUUID().toString())
        .append("parentMessageId", UUID.randomUUID().toString())
        .append("parentToolCallId", "call")
        .append("subagentType", "self")
        .append("subagentKind", "agent")
        .append("depth", 1);
  }

  private String conversationOf(String phone) {
    return conversationOf(libreChat, phone);
  }

  static String conversationOf(LibreChat libreChat, String phone) {
    return libreChat
        .collection("switchboard_mappings")
        .find(new Document("phoneNumber", phone))
        .sort(new Document("lastUsed", -1))
        .first()
        .getString("conversationId");
  }

  private static ValidatableResponse inject(String conversation) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation)
        .then();
  }

  private static ValidatableResponse injectFrom(String phone) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            "{\"role\":\"external\",\"content\":\"Hello\",\"to\":\"+15557654321\",\"from\":\""
                + phone
                + "\"}")
        .post("/api/messages/external")
        .then();
  }
}
