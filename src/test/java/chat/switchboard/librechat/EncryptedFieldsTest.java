package chat.switchboard.librechat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plain text is not written beside fields that LibreChat's deployment encrypts on the client. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(EncryptedFieldsTest.Encrypting.class)
class EncryptedFieldsTest {

  private static final String NUMBER = "+15551230777";

  /**
   * A LibreChat whose documents show what the test says: the embedded server stores no subtype 6.
   */
  public static class Encrypting implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(Shown.class);
    }
  }

  @Alternative
  @ApplicationScoped
  static class Shown extends NewestDocuments {
    static volatile String encrypted;

    Shown() {
      super(null, null);
    }

    @Override
    Uni<DataFacts> look() {
      return Uni.createFrom()
          .item(() -> new DataFacts(Optional.ofNullable(encrypted), Optional.empty()));
    }
  }

  @Inject LibreChatRelease release;

  private final LibreChat libreChat = new LibreChat();
  private String conversation;

  @BeforeEach
  void aConversation() {
    conversation = libreChat.conversation(libreChat.owner());
    shows(null);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void nothing_is_written_until_the_fields_are_plain() {
    inject().then().statusCode(201);
    shows("messages.text");
    given()
        .get("/q/health/ready")
        .then()
        .statusCode(503)
        .body("checks.data.cause", hasItem(containsString("messages.text")));
    long messages = count("messages");
    long mappings = count("switchboard_mappings");
    long kept = count("switchboard_inbox");
    inject()
        .then()
        .statusCode(503)
        .header("Retry-After", equalTo("30"))
        .body("error", containsString("messages.text"));
    Twilio.sms("Hello").from(NUMBER).arrives().then().statusCode(503);
    assertThat(count("messages")).isEqualTo(messages);
    assertThat(count("switchboard_mappings")).isEqualTo(mappings);
    assertThat(count("switchboard_inbox")).isEqualTo(kept);

    shows(null);
    given().get("/q/health/ready").then().statusCode(200);
    inject().then().statusCode(201);
    Twilio.sms("Hello").from(NUMBER).arrives().then().statusCode(200);
  }

  @Test
  void messages_from_before_the_encryption_stay_in_the_inbox_and_are_appended_later() {
    String user = libreChat.conversationOf(conversation).getString("user");
    String question = libreChat.message(conversation, user, lastOf(user), "User", new Date());
    // A question without an answer: the message waits, and is kept.
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .header("Idempotency-Key", "kept-" + conversation)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(202);
    shows("messages.content");
    libreChat.message(conversation, user, question, "GPT", new Date());
    await()
        .during(2, TimeUnit.SECONDS)
        .until(() -> libreChat.messages(conversation, user).size() == 4);
    shows(null);
    await().until(() -> libreChat.messages(conversation, user).size() == 5);
  }

  private String lastOf(String user) {
    return libreChat.lastMessage(conversation, user).getString("messageId");
  }

  private long count(String collection) {
    return libreChat.collection(collection).countDocuments();
  }

  private void shows(String field) {
    Shown.encrypted = field;
    release.lookAgain().await().atMost(Duration.ofSeconds(60));
  }

  private Response inject() {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
