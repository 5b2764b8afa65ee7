package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.RawHttp;
import chat.switchboard.support.Smuggling;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request cannot hide in the body of another request (request smuggling). */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class SmugglingTest {

  private static final Duration SILENCE = Duration.ofSeconds(2);

  private final LibreChat libreChat = new LibreChat();
  private final String user = libreChat.user();
  private final String conversation = libreChat.conversation(user);

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_request_without_a_certain_end_is_refused_and_nothing_after_it_is_read()
      throws IOException {
    SoftAssertions all = new SoftAssertions();
    for (Map.Entry<String, String> one : Smuggling.connections(conversation).entrySet()) {
      RawHttp.Conversation talk = RawHttp.exchange(RestAssured.port, one.getValue(), SILENCE);
      all.assertThat(talk.statuses().size()).as(one.getKey() + talk).isLessThanOrEqualTo(1);
      all.assertThat(talk.statuses()).as(one.getKey()).allMatch(status -> status >= 400);
      all.assertThat(talk.closed()).as(one.getKey() + ": closed").isTrue();
    }
    all.assertThat(texts()).doesNotContain(Smuggling.HIDDEN);
    all.assertAll();
  }

  @Test
  void a_folded_field_hides_no_request() throws IOException {
    RawHttp.Conversation talk =
        RawHttp.exchange(RestAssured.port, Smuggling.folded(conversation), SILENCE);
    assertThat(talk.statuses()).allMatch(status -> status >= 400);
    assertThat(talk.closed()).isTrue();
    assertThat(texts()).doesNotContain(Smuggling.HIDDEN);
  }

  private List<String> texts() {
    return libreChat.messages(conversation, user).stream()
        .map(message -> message.getString("text"))
        .toList();
  }

  @Test
  void the_hidden_request_would_be_read_if_it_were_a_request_of_its_own() throws IOException {
    String body = "{\"role\":\"external\",\"content\":\"First\"}";
    RawHttp.Conversation talk =
        RawHttp.exchange(
            RestAssured.port,
            Smuggling.head(conversation, "Content-Length: " + body.length())
                + body
                + Smuggling.hidden(conversation),
            SILENCE);
    assertThat(talk.statuses()).containsExactly(201, 201);
    assertThat(texts()).contains("First", Smuggling.HIDDEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: CHUNKED",
        "transfer-encoding:Chunked",
        "Transfer-Encoding:   chunked  ",
        "TE: trailers\r\nTransfer-Encoding:\tchunked\t"
      })
  void chunks_are_read_and_the_connection_is_kept(String field) throws IOException {
    String body = "{\"role\":\"external\",\"content\":\"In chunks\"}";
    String chunked =
        Smuggling.head(conversation, field)
            + "5;name=value;other=\"a b\"\r\n"
            + body.substring(0, 5)
            + "\r\n0"
            + Integer.toHexString(body.length() - 5).toUpperCase(java.util.Locale.ROOT)
            + "\r\n"
            + body.substring(5)
            + "\r\n0\r\n\r\n";
    RawHttp.Conversation talk =
        RawHttp.exchange(RestAssured.port, chunked + "\r\n" + chunked, SILENCE);
    assertThat(talk.statuses()).containsExactly(201, 201);
    assertThat(talk.closed()).isFalse();
  }

  @Test
  void a_trailer_is_no_header() throws IOException {
    String body = "{\"role\":\"external\",\"content\":\"With trailers\"}";
    String request =
        Smuggling.head(conversation, "Transfer-Encoding: chunked\r\nTrailer: X-API-Key")
                .replace(TestDatabase.API_KEY, "wrong")
            + Integer.toHexString(body.length())
            + "\r\n"
            + body
            + "\r\n0\r\nX-API-Key: "
            + TestDatabase.API_KEY
            + "\r\nContent-Length: 500\r\nTransfer-Encoding: identity\r\nHost: b\r\n\r\n";
    RawHttp.Conversation talk =
        RawHttp.exchange(
            RestAssured.port, request + "GET /api/inbox HTTP/1.1\r\nHost: a\r\n\r\n", SILENCE);
    assertThat(talk.statuses()).containsExactly(401, 401);
    assertThat(texts()).doesNotContain("With trailers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
  void a_client_that_streams_its_body_is_served(HttpClient.Version version) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(version).build();
    for (int i = 0; i < 3; i++) {
      byte[] body =
          "{\"role\":\"external\",\"content\":\"Streamed\"}".getBytes(StandardCharsets.UTF_8);
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          RestAssured.baseURI
                              + ":"
                              + RestAssured.port
                              + "/api/messages/"
                              + conversation
                              + "/external"))
                  .header("X-API-Key", TestDatabase.API_KEY)
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofInputStream(
                          () -> new ByteArrayInputStream(body)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
  }
}
