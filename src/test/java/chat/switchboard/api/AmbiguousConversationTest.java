package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Date;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LibreChat's index lets several users have a conversation of the same id. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class AmbiguousConversationTest {

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_conversation_id_of_two_users_is_refused() {
    String first = libreChat.user();
    String conversation = libreChat.conversation(first);
    String second = libreChat.user();
    copy(conversation, second);
    inject(conversation).then().statusCode(409).body("error", containsString("Several users"));
    assertThat(libreChat.messages(conversation, first)).hasSize(2);
    assertThat(libreChat.messages(conversation, second)).isEmpty();
    map(conversation).then().statusCode(409).body("error", containsString("Several users"));
  }

  @Test
  void among_several_users_with_the_conversation_id_the_configured_owner_gets_the_message() {
    String owner = libreChat.owner();
    String stranger = libreChat.user();
    String conversation = libreChat.conversation(stranger);
    copy(conversation, libreChat.user());
    copy(conversation, owner);
    inject(conversation).then().statusCode(201).body("conversationId", equalTo(conversation));
    assertThat(libreChat.messages(conversation, owner)).hasSize(1);
    assertThat(libreChat.messages(conversation, stranger)).hasSize(2);
    map(conversation).then().statusCode(201);
  }

  private void copy(String conversation, String user) {
    Document other = libreChat.conversationOf(conversation);
    other.remove("_id");
    libreChat
        .collection("conversations")
        .insertOne(other.append("user", user).append("createdAt", new Date()));
  }

  private static Response inject(String conversation) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }

  private static Response map(String conversation) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"phoneNumber\":\"+12025550177\",\"conversationId\":\"" + conversation + "\"}")
        .post("/api/mappings");
  }
}
