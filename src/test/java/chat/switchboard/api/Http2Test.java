package chat.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A proxy may speak HTTP/2 with us, from an upgrade on. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class Http2Test {

  private final LibreChat libreChat = new LibreChat();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_message_is_injected_over_http2_as_well() throws Exception {
    String conversation = libreChat.conversation(libreChat.user());
    // The first is still part of the upgrade.
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer =
          post("/api/messages/" + conversation + "/external", message("x".repeat(1 + i * 10_000)));
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
  }

  @Test
  void a_body_that_is_too_large_is_refused_over_http2_as_well() throws Exception {
    String conversation = libreChat.conversation(libreChat.user());
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer =
          post("/api/messages/" + conversation + "/external", message("x".repeat(300_000)));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
      assertThat(answer.headers().firstValue("content-type").orElse(""))
          .startsWith("application/problem+json");
    }
    assertThat(
            post("/api/messages/" + conversation + "/external", message("And on it goes"))
                .statusCode())
        .isEqualTo(201);
  }

  @Test
  void a_text_comes_in_over_http2_as_well() throws Exception {
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri("/api/twilio/webhook"))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString("MessageSid=SM1&Body=Hello"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(403);
    }
  }

  private static String message(String text) {
    return "{\"role\":\"external\",\"content\":\"" + text + "\"}";
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .header("X-Internal-API-Key", TestDatabase.API_KEY)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create(RestAssured.baseURI + ":" + RestAssured.port + path);
  }
}
