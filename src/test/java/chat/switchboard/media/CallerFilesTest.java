package chat.switchboard.media;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in the messages of callers of the API. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(CallerFilesTest.WithHosts.class)
class CallerFilesTest {

  /** One host is allowed. */
  public static class WithHosts implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.media.hosts",
          "files.example.com",
          "switchboard.media.wait",
          "30s",
          "switchboard.inbox.accept-timeout",
          "30s");
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_picture_in_the_body_is_shown_and_librechat_has_it() {
    String key = UUID.randomUUID().toString();
    Map<String, Object> body = message("Look", picture(MediaSamples.plain("png"), "photo.png"));
    inject(key, body)
        .then()
        .statusCode(201)
        .body("text", startsWith("Look\n\n![photo.png](/images/" + user))
        .body("files[0].type", org.hamcrest.Matchers.equalTo("image/png"));
    inject(key, body).then().statusCode(201).header("Idempotency-Replayed", "true");
    inject(key, message("Look", picture(MediaSamples.plain("gif"), "photo.png")))
        .then()
        .statusCode(409);
    List<Document> messages = libreChat.messages(conversation, user);
    // The conversation began with two messages.
    assertThat(messages).hasSize(3);
    assertThat(messages.get(2)).doesNotContainKey("content");
  }

  @Test
  void a_document_of_three_megabytes_is_read_and_a_larger_body_without_a_file_is_not() {
    byte[] pdf = new byte[3 * 1024 * 1024];
    System.arraycopy("%PDF-1.4\n".getBytes(), 0, pdf, 0, 9);
    inject(null, message("Read", Map.of("type", "file", "data", base64(pdf), "name", "a b.pdf")))
        .then()
        .statusCode(201)
        .body("text", containsString("/a%20b.pdf)"));
    inject(
            null,
            Map.of(
                "role", "external", "content", "x", "metadata", Map.of("p", "x".repeat(300_000))))
        .then()
        .statusCode(413);
  }

  @Test
  void without_a_key_a_large_body_is_not_read() {
    given()
        .contentType("application/json")
        .body(message("Look", picture(new byte[400_000], "x.png")))
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(413);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'image_url'} | 400 | Content must be",
        "{'type':'file','url':'https://files.example.com/x','data':'eA=='} | 400 | either url or data",
        "{'type':'file','data':'not base64!'} | 400 | must be base64",
        "{'type':'file','data':''} | 400 | must not be empty",
        "{'type':'file','data':7} | 400 | Content must be",
        "{'type':'file','data':'eA==','name':7} | 400 | its name is a text",
        "{'type':'file','url':'http://files.example.com/x'} | 400 | https address",
        "{'type':'file','url':'https://other.example.com/x'} | 400 | switchboard.media.hosts",
        "{'type':'file','url':'https://files.example.com:8443/x'} | 400 | https address",
        "{'type':'file','url':'https://user@files.example.com/x'} | 400 | https address",
        "{'type':'file','url':'https://169.254.169.254/x'} | 400 | https address",
        "{'type':'file','url':'file:///etc/passwd'} | 400 | https address",
        "{'type':'video','url':'https://files.example.com/x'} | 400 | Content must be",
      })
  void a_part_that_is_no_file_is_refused(String part, int status, String words) {
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType("application/json")
        .body("{\"role\":\"external\",\"content\":[" + part.replace('\'', '"') + "]}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(status)
        .body("error", containsString(words));
  }

  @Test
  void more_than_ten_megabytes_or_ten_files_are_refused() {
    inject(null, message("x", picture(new byte[10 * 1024 * 1024 + 1], "x.png")))
        .then()
        .statusCode(413);
    List<Object> parts = new java.util.ArrayList<>();
    for (int i = 0; i < 11; i++) {
      parts.add(picture(new byte[] {1}, "x.png"));
    }
    inject(null, Map.of("role", "external", "content", parts)).then().statusCode(400);
  }

  private Response inject(String key, Map<String, Object> body) {
    var request =
        given()
            .header("X-Internal-API-Key", TestDatabase.API_KEY)
            .contentType("application/json")
            .body(body);
    return (key == null ? request : request.header("Idempotency-Key", key))
        .post("/api/messages/{id}/external", conversation);
  }

  private static Map<String, Object> message(String text, Map<String, Object> file) {
    return Map.of(
        "role", "external", "content", List.of(Map.of("type", "text", "text", text), file));
  }

  private static Map<String, Object> picture(byte[] content, String name) {
    return Map.of("type", "image_url", "data", base64(content), "name", name);
  }

  private static String base64(byte[] content) {
    return Base64.getEncoder().encodeToString(content);
  }
}
