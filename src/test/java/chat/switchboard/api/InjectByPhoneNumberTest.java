package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class InjectByPhoneNumberTest {

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String number;

  @BeforeEach
  void anOwnerAndAStranger() {
    owner = libreChat.owner();
    // The newest of the owner's, whatever other tests have left.
    libreChat.conversation(
        owner, new Document("model", "the-owners-model").append("updatedAt", new Date()));
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_stranger_gets_a_new_conversation_of_the_owner_that_can_be_continued_at_once() {
    Response answer = inject(number, "Hello");
    answer
        .then()
        .statusCode(201)
        .body("mapping.id", notNullValue())
        .body("mapping.created", equalTo(true))
        .body("text", equalTo("Hello"));
    String conversation = answer.path("mapping.conversationId");
    assertThat(answer.<String>path("conversationId")).isEqualTo(conversation);
    Document made = libreChat.conversationOf(conversation);
    assertThat(made)
        .containsEntry("user", owner)
        .containsEntry("endpoint", "openAI")
        .containsEntry("model", "the-owners-model")
        .containsEntry("isArchived", false)
        .containsEntry("isTemporary", false)
        .containsEntry("expiredAt", null)
        .containsEntry("__v", 0);
    assertThat(made.getString("title"))
        .doesNotContain(number.substring(2, 8))
        .endsWith(number.substring(8));
    assertThat(libreChat.messages(conversation, owner)).hasSize(1);
  }

  @Test
  void the_next_text_goes_on_in_the_same_conversation() {
    Response first = inject(number, "One");
    Response second = inject(number, "Two");
    second
        .then()
        .statusCode(201)
        .body("mapping.created", equalTo(false))
        .body("conversationId", equalTo(first.path("conversationId")))
        .body("parentMessageId", equalTo(first.path("messageId")));
  }

  @Test
  void many_first_texts_at_once_make_one_conversation_and_one_mapping() {
    List<String> conversations =
        IntStream.range(0, 24)
            .parallel()
            .mapToObj(i -> inject(number, "Text " + i).<String>path("conversationId"))
            .distinct()
            .toList();
    assertThat(conversations).hasSize(1);
    assertThat(libreChat.messages(conversations.get(0), owner)).hasSize(24);
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .countDocuments(new Document("phoneNumber", number)))
        .isEqualTo(1);
  }

  @Test
  void a_conversation_that_was_deleted_is_replaced_by_a_new_one() {
    String gone = inject(number, "One").path("conversationId");
    libreChat.collection("conversations").deleteOne(new Document("conversationId", gone));
    String next = inject(number, "Two").path("conversationId");
    assertThat(next).isNotEqualTo(gone);
    assertThat(libreChat.messages(next, owner)).hasSize(1);
    assertThat(inject(number, "Three").<String>path("conversationId")).isEqualTo(next);
  }

  @Test
  void a_repeat_under_a_key_answers_alike() {
    String key = UUID.randomUUID().toString();
    Response first = injectOnce(key, number, "Once");
    Response second = injectOnce(key, number, "Once");
    assertThat(second.asString()).isEqualTo(first.asString());
    second.then().statusCode(201).header("Idempotency-Replayed", "true");
    injectOnce(key, number, "Other").then().statusCode(409);
    assertThat(libreChat.messages(first.path("conversationId"), owner)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "55", "+0123456", "+1555CALLME", "hello", "+1", "+155512345678901234"})
  void a_value_that_is_not_a_phone_number_is_refused(String from) {
    inject(from, "x").then().statusCode(400).body("error", containsString("from"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"55512", "rcs:brand_agent", "whatsapp:+15551230001"})
  void other_senders_are_taken_as_they_are(String from) {
    inject(from, "x").then().statusCode(201).body("metadata.phoneNumber", equalTo(from));
  }

  @Test
  void a_number_may_be_written_as_people_write_it() {
    String written = "+1 (555) " + number.substring(5, 8) + "-" + number.substring(8);
    Response first = inject(written, "One");
    first.then().statusCode(201).body("metadata.phoneNumber", equalTo(number));
    inject(number, "Two").then().body("conversationId", equalTo(first.path("conversationId")));
  }

  @Test
  void a_sender_is_needed() {
    post("{\"role\":\"external\",\"content\":\"x\"}", null)
        .then()
        .statusCode(400)
        .body("error", containsString("from is required"));
  }

  private Response inject(String from, String text) {
    return injectOnce(null, from, text);
  }

  private Response injectOnce(String key, String from, String text) {
    return post(
        """
        {"role":"external","content":"%s","from":"%s","to":"+15557654321"}"""
            .formatted(text, from),
        key);
  }

  private Response post(String body, String key) {
    var request =
        given().header("X-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON).body(body);
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return request.post("/api/messages/external");
  }
}
