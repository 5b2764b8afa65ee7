package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.bson.BsonType;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class InjectIntoConversationTest {

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aUserWithAConversation() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_message_stands_in_the_conversation_as_stock_librechat_shows_it() {
    Document before = libreChat.lastMessage(conversation, user);
    Response answer =
        inject(
            """
            {"role":"external","content":"Can we meet later?",
             "metadata":{"source":"sms","phoneNumber":"+15551234567","ticket":7}}""");

    answer
        .then()
        .statusCode(201)
        .contentType(ContentType.JSON)
        .header("Location", containsString("/api/messages/" + conversation + "/"))
        .body("role", equalTo("external"))
        .body("text", equalTo("Can we meet later?"))
        .body("content", hasSize(1))
        .body("isCreatedByUser", equalTo(false))
        .body("conversationId", equalTo(conversation))
        .body("parentMessageId", equalTo(before.getString("messageId")))
        .body("metadata.phoneNumber", equalTo("+15551234567"))
        .body("createdAt", org.hamcrest.Matchers.matchesPattern(".*\\.\\d{3}Z"))
        .body("user", nullValue());

    Document stored = libreChat.lastMessage(conversation, user);
    assertThat(stored)
        .containsEntry("messageId", answer.path("messageId"))
        .containsEntry("role", "user")
        .containsEntry("isCreatedByUser", false)
        .containsEntry("sender", "SMS +1••••••4567")
        .containsEntry("model", "SMS")
        .containsEntry("endpoint", "openAI")
        .containsEntry("unfinished", false)
        .containsEntry("error", false)
        .containsEntry("isTemporary", false)
        .containsEntry("expiredAt", null)
        .containsEntry("_meiliIndex", false)
        .containsEntry("__v", 0)
        .doesNotContainKey("tenantId");
    assertThat(stored.get("metadata", Document.class))
        .isEqualTo(
            new Document("source", "sms")
                .append("phoneNumber", "+15551234567")
                .append("ticket", 7)
                .append("role", "external"));
    RawBsonDocument raw =
        libreChat
            .collection("messages")
            .withDocumentClass(RawBsonDocument.class)
            .find(new Document("messageId", stored.getString("messageId")))
            .first();
    assertThat(raw.get("_id").getBsonType()).isEqualTo(BsonType.OBJECT_ID);
    assertThat(raw.get("__v").getBsonType()).isEqualTo(BsonType.INT32);
    assertThat(raw.get("createdAt").getBsonType()).isEqualTo(BsonType.DATE_TIME);
    assertThat(raw.get("user").getBsonType()).isEqualTo(BsonType.STRING);
    assertThat(libreChat.conversationOf(conversation).getDate("updatedAt"))
        .isEqualTo(stored.getDate("createdAt"));
  }

  @Test
  void a_message_inherits_what_its_conversation_says_of_expiry_and_tenancy() {
    Date expiry = new Date(System.currentTimeMillis() + 3_600_000);
    String temporary =
        libreChat.conversation(
            user,
            new Document("isTemporary", true)
                .append("expiredAt", expiry)
                .append("tenantId", "acme"));
    inject(temporary, "{\"role\":\"external\",\"content\":\"Hi\"}").then().statusCode(201);
    assertThat(libreChat.lastMessage(temporary, user))
        .containsEntry("isTemporary", true)
        .containsEntry("expiredAt", expiry)
        .containsEntry("tenantId", "acme");
  }

  @Test
  void messages_follow_one_another_in_one_chain() {
    for (int i = 0; i < 5; i++) {
      inject("{\"role\":\"external\",\"content\":\"Message " + i + "\"}").then().statusCode(201);
    }
    List<Document> all = libreChat.messages(conversation, user);
    for (int i = 1; i < all.size(); i++) {
      assertThat(all.get(i).getString("parentMessageId"))
          .isEqualTo(all.get(i - 1).getString("messageId"));
    }
  }

  @ParameterizedTest(name = "after {0} older turns, beside {1} whole answers")
  @CsvSource({"0, 0", "0, 1", "12, 0", "12, 2"})
  void a_message_goes_below_a_partly_stored_answer_and_not_beside_it(int turns, int answers) {
    long at = System.currentTimeMillis() - 50_000;
    String last = libreChat.lastMessage(conversation, user).getString("messageId");
    for (int i = 0; i < turns; i++) {
      last =
          libreChat.message(conversation, user, last, i % 2 == 0 ? "User" : "GPT", new Date(at++));
    }
    String question = libreChat.message(conversation, user, last, "User", new Date(at++));
    for (int i = 0; i < answers; i++) {
      libreChat.message(conversation, user, question, "GPT", new Date(at++));
    }
    String partial =
        libreChat.message(
            conversation, user, question, "GPT", new Date(at), new Document("unfinished", true));
    inject("{\"role\":\"external\",\"content\":\"Hi\"}")
        .then()
        .statusCode(201)
        .body("parentMessageId", equalTo(partial));
    // LibreChat completes it under the same id: the thread stays one line.
    libreChat
        .collection("messages")
        .updateOne(
            new Document("messageId", partial),
            new Document("$set", new Document("unfinished", false)));
    inject("{\"role\":\"external\",\"content\":\"And another\"}").then().statusCode(201);
    List<Document> all = libreChat.messages(conversation, user);
    List<Document> end = all.subList(all.size() - 3, all.size());
    assertThat(end.get(1)).containsEntry("parentMessageId", partial);
    assertThat(end.get(2)).containsEntry("parentMessageId", end.get(1).getString("messageId"));
  }

  @Test
  void another_users_messages_under_the_same_id_are_never_the_parent() {
    String last = libreChat.lastMessage(conversation, user).getString("messageId");
    libreChat.message(conversation, libreChat.user(), last, "User", new Date());
    inject("{\"role\":\"external\",\"content\":\"Hi\"}")
        .then()
        .statusCode(201)
        .body("parentMessageId", equalTo(last));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  void content_may_come_in_three_forms(String content, String text, int parts) {
    inject("{\"role\":\"external\",\"content\":" + content + "}")
        .then()
        .statusCode(201)
        .body("text", equalTo(text))
        .body("content", hasSize(parts))
        .body("content[0].type", equalTo("text"));
  }

  static Stream<Arguments> contents() {
    return Stream.of(
        Arguments.of("\"plain\"", "plain", 1),
        Arguments.of("{\"text\":\"in a part\"}", "in a part", 1),
        Arguments.of("[{\"type\":\"text\",\"text\":\"in a list\"}]", "in a list", 1),
        Arguments.of(
            "[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]", "a\nb", 2),
        Arguments.of("\"👋🏽 שלום\\nשורה\\t\\u0007 «é»\"", "👋🏽 שלום\nשורה\t\u0007 «é»", 1),
        Arguments.of("\"half \\ud83d a pair\"", "half \uFFFD a pair", 1),
        Arguments.of("\"nul \\u0000 byte\"", "nul \uFFFD byte", 1));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("mistakes")
  void an_invalid_body_gets_an_error_that_names_the_fault_and_nothing_is_stored(
      String body, String sentence) {
    inject(body)
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("status", equalTo(400))
        .body("title", equalTo("Bad Request"))
        .body("error", containsString(sentence));
    assertThat(libreChat.messages(conversation, user)).hasSize(2);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("", "The body is empty"),
        Arguments.of("{\"role\":", "not valid JSON"),
        Arguments.of("{\"role\":\"external\",\"content\":\"x\"} trailing", "not valid JSON"),
        Arguments.of("{\"role\":\"external\",\"role\":\"user\"}", "not valid JSON"),
        Arguments.of("[1]", "must be a JSON object"),
        Arguments.of("{\"content\":\"x\"}", "Role must be external"),
        Arguments.of("{\"role\":\"user\",\"content\":\"x\"}", "Role must be external"),
        Arguments.of("{\"role\":7,\"content\":\"x\"}", "Role must be external"),
        Arguments.of("{\"role\":\"external\"}", "Content must not be empty"),
        Arguments.of("{\"role\":\"external\",\"content\":\" \\n \"}", "Content must not be empty"),
        Arguments.of("{\"role\":\"external\",\"content\":[]}", "Content must not be empty"),
        Arguments.of("{\"role\":\"external\",\"content\":5}", "Content must be a text"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":[{\"type\":\"image_url\",\"image_url\":\"x\"}]}",
            "Content must be a text"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"" + "x".repeat(32_001) + "\"}", "longer than"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"sender\":5}", "sender must be a text"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":\"sms\"}",
            "metadata must be a JSON object"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"$where\":1}}",
            "Field names in metadata"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"a\":{\"b.c\":1}}}",
            "Field names in metadata"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"source\":\"agent_1\"}}",
            "metadata.source"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"n\":1e999}}", "too large"),
        Arguments.of(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":"
                + "{\"a\":".repeat(100)
                + "1"
                + "}".repeat(100)
                + "}",
            "not valid JSON"),
        Arguments.of("{\"role\":\"external\",\"content\":\"x\",\"reply\":\"yes\"}", "reply must"),
        Arguments.of("{\"role\":\"external\",\"content\":\"x\",\"reply\":true}", "LIBRECHAT_URL"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"not-a-uuid", "1-2-3-4-5", "c0ffee00-0000-4000-8000-00000000000", "%24ne", "…"})
  void a_conversation_id_that_is_no_uuid_is_refused(String id) {
    inject(id, "{\"role\":\"external\",\"content\":\"x\"}")
        .then()
        .statusCode(400)
        .body("error", equalTo("The conversation id must be a UUID"));
  }

  @Test
  void an_unknown_conversation_is_opened_for_the_configured_owner_with_that_id() {
    String owner = libreChat.owner();
    String id = UUID.randomUUID().toString();
    inject(id, "{\"role\":\"external\",\"content\":\"x\"}").then().statusCode(201);
    assertThat(libreChat.conversationOf(id)).containsEntry("user", owner);
    assertThat(libreChat.messages(id, owner)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Internal-API-Key", "X-API-Key"})
  void every_configured_key_opens_the_door_under_either_name(String header) {
    for (String key : List.of(TestDatabase.API_KEY, TestDatabase.OLD_API_KEY)) {
      given()
          .header(header, key)
          .contentType(ContentType.JSON)
          .body("{\"role\":\"external\",\"content\":\"x\"}")
          .post("/api/messages/{id}/external", conversation)
          .then()
          .statusCode(201);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wrong", TestDatabase.API_KEY + "x", TestDatabase.API_KEY + ","})
  void a_wrong_key_is_refused_whatever_else_the_request_says(String key) {
    given()
        .header("X-Internal-API-Key", key)
        .contentType(ContentType.JSON)
        .body("not even JSON")
        .post("/api/messages/{id}/external", "no-uuid")
        .then()
        .statusCode(401)
        .contentType("application/problem+json")
        .body("error", containsString("API key"))
        .body("error", not(containsString(TestDatabase.API_KEY)));
  }

  @Test
  void a_missing_key_is_refused() {
    given()
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"x\"}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(401);
    assertThat(libreChat.messages(conversation, user)).hasSize(2);
  }

  @Test
  void a_body_of_nearly_256_KiB_is_read_and_a_larger_one_is_refused() {
    String padded = "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"p\":\"%s\"}}";
    inject(padded.formatted("x".repeat(255 * 1024))).then().statusCode(201);
    inject(padded.formatted("x".repeat(257 * 1024)))
        .then()
        .statusCode(413)
        .contentType("application/problem+json")
        .body("error", containsString("256 KiB"));
  }

  @ParameterizedTest
  @ValueSource(ints = {257 * 1024, 3 * 1024 * 1024})
  void a_large_body_that_does_not_say_its_length_is_refused_as_well(int length) throws Exception {
    java.net.http.HttpResponse<String> answer =
        java.net.http.HttpClient.newHttpClient()
            .send(
                java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create(
                            "http://localhost:"
                                + io.restassured.RestAssured.port
                                + "/api/messages/"
                                + conversation
                                + "/external"))
                    .version(java.net.http.HttpClient.Version.HTTP_1_1)
                    .header("X-Internal-API-Key", TestDatabase.API_KEY)
                    .header("Content-Type", "application/json")
                    .POST(
                        java.net.http.HttpRequest.BodyPublishers.ofInputStream(
                            () -> new java.io.ByteArrayInputStream(new byte[length])))
                    .build(),
                java.net.http.HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("256 KiB");
  }

  @Test
  void another_media_type_is_refused() {
    authorized()
        .contentType("text/plain")
        .body("hello")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(415)
        .contentType("application/problem+json")
        .body("error", containsString("media type"));
  }

  @Test
  void another_method_and_another_address_are_refused_in_the_same_form() {
    authorized().get("/api/messages/{id}/external", conversation).then().statusCode(405);
    authorized().get("/api/nothing").then().statusCode(404);
  }

  @Test
  void the_same_key_and_body_are_stored_once_and_answered_alike() {
    String key = UUID.randomUUID().toString();
    String body = "{\"role\":\"external\",\"content\":\"Once\"}";
    Response first = injectOnce(key, body);
    Response second = injectOnce(key, body);
    first.then().statusCode(201).header("Idempotency-Replayed", nullValue());
    second.then().statusCode(201).header("Idempotency-Replayed", "true");
    assertThat(second.asString()).isEqualTo(first.asString());
    assertThat(libreChat.messages(conversation, user)).hasSize(3);
  }

  @Test
  void the_same_key_with_another_body_is_a_conflict() {
    String key = UUID.randomUUID().toString();
    injectOnce(key, "{\"role\":\"external\",\"content\":\"One\"}").then().statusCode(201);
    injectOnce(key, "{\"role\":\"external\",\"content\":\"Two\"}")
        .then()
        .statusCode(409)
        .contentType("application/problem+json");
    assertThat(libreChat.messages(conversation, user)).hasSize(3);
  }

  @Test
  void the_same_key_in_another_conversation_is_another_message() {
    String key = UUID.randomUUID().toString();
    String body = "{\"role\":\"external\",\"content\":\"One\"}";
    String other = libreChat.conversation(user);
    injectOnce(key, body).then().statusCode(201);
    authorized()
        .header("Idempotency-Key", key)
        .contentType(ContentType.JSON)
        .body(body)
        .post("/api/messages/{id}/external", other)
        .then()
        .statusCode(201)
        .header("Idempotency-Replayed", nullValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "", "ümlaut"})
  void an_idempotency_key_that_is_no_visible_ascii_is_refused(String key) {
    injectOnce(key, "{\"role\":\"external\",\"content\":\"One\"}").then().statusCode(400);
  }

  @Test
  void a_caller_cannot_choose_the_role_in_the_metadata() {
    inject("{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"role\":\"system\"}}")
        .then()
        .statusCode(201)
        .body("metadata.role", equalTo("external"));
    assertThat(libreChat.lastMessage(conversation, user)).containsEntry("role", "user");
  }

  @Test
  void the_owner_hears_the_message_at_once() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String id =
          inject(
                  "{\"role\":\"external\",\"content\":\"Hear, hear\","
                      + "\"metadata\":{\"source\":\"webhook\"}}")
              .path("messageId");
      Browser.Event event = browser.heard(id);
      assertThat(event.name()).isEqualTo("newMessage");
      assertThat(event.id()).matches("\\d{13}-[0-9a-f]{24}-[0-9a-f]{8}");
      assertThat(event.json().getString("type")).isEqualTo("newMessage");
      assertThat(event.json().getString("conversationId")).isEqualTo(conversation);
      assertThat(event.json().getString("source")).isEqualTo("webhook");
      assertThat(event.json().getString("message.text")).isEqualTo("Hear, hear");
    }
  }

  private RequestSpecification authorized() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }

  private Response inject(String body) {
    return inject(conversation, body);
  }

  private Response inject(String id, String body) {
    return authorized()
        .contentType(ContentType.JSON)
        .body(body)
        .post("/api/messages/{id}/external", id);
  }

  private Response injectOnce(String key, String body) {
    return authorized()
        .header("Idempotency-Key", key)
        .contentType(ContentType.JSON)
        .body(body)
        .post("/api/messages/{id}/external", conversation);
  }
}
