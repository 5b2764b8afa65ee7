package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Few large bodies are read at once, over each version of HTTP. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class LargeBodiesHttp2Test {

  private static final int AT_ONCE = 4;

  /** Longer than an ordinary body may be. */
  private static final int LARGE = 400_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Inject LargeBodies large;

  private final Vertx vertx = Vertx.vertx();
  private final LibreChat libreChat = new LibreChat();
  private final String path =
      "/api/messages/" + libreChat.conversation(libreChat.owner()) + "/external";

  /** The status of an answer, its Retry-After and its body. */
  private record Answer(int status, String retryAfter, String body) {}

  @AfterEach
  void close() {
    libreChat.close();
    vertx.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void a_fifth_large_body_at_the_same_time_is_asked_to_come_again(HttpVersion version)
      throws Exception {
    HttpClient client = client(version);
    List<HttpClientRequest> open = new ArrayList<>();
    List<Future<HttpClientResponse>> answers = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      HttpClientRequest request = done(client.request(HttpMethod.POST, path));
      request.putHeader("X-API-Key", TestDatabase.API_KEY);
      request.putHeader("Content-Type", "application/json");
      request.setChunked(true);
      answers.add(request.response());
      request.write("{\"role\":\"external\",\"content\":[{\"type\":\"file\",\"data\":\"");
      request.write("AAAA".repeat(LARGE / 4));
      open.add(request);
    }
    // The places are taken when the bytes have arrived.
    await().atMost(PATIENCE).until(() -> large.underWay() == AT_ONCE);
    for (boolean isLengthKnown : List.of(true, false)) {
      Answer fifth = post(client, isLengthKnown);
      assertThat(fifth.status()).isEqualTo(503);
      assertThat(fifth.retryAfter()).isEqualTo("1");
      assertThat(new JsonObject(fifth.body()).getString("error"))
          .isEqualTo("Too many messages with files are being read; try again later");
    }
    for (HttpClientRequest request : open) {
      request.end("\"}]}");
    }
    for (Future<HttpClientResponse> answer : answers) {
      assertThat(done(answer).statusCode()).isIn(201, 202);
    }
    // The places are free again.
    await().atMost(PATIENCE).until(() -> large.underWay() == 0);
    assertThat(post(client, true).status()).isEqualTo(413);
  }

  @Test
  void a_body_above_sixteen_megabytes_is_too_large_over_http_2() throws Exception {
    HttpClient client = client(HttpVersion.HTTP_2);
    HttpClientRequest request = done(client.request(HttpMethod.POST, path));
    request.putHeader("X-API-Key", TestDatabase.API_KEY);
    request.putHeader("Content-Type", "application/json");
    request.putHeader("Content-Length", String.valueOf(LargeBodies.BYTES + 1));
    Future<HttpClientResponse> answer = request.response();
    request.write("{");
    assertThat(done(answer).statusCode()).isEqualTo(413);
    // Without the key a body above 256 KiB is too large.
    HttpClientRequest stranger = done(client.request(HttpMethod.POST, path));
    stranger.putHeader("Content-Type", "application/json");
    stranger.putHeader("Content-Length", String.valueOf(LARGE));
    answer = stranger.response();
    stranger.write("{");
    assertThat(done(answer).statusCode()).isIn(401, 413);
  }

  /** A large body without a file: the answer is 413 if the body is read. */
  private Answer post(HttpClient client, boolean isLengthKnown) throws Exception {
    HttpClientRequest request = done(client.request(HttpMethod.POST, path));
    request.putHeader("X-API-Key", TestDatabase.API_KEY);
    request.putHeader("Content-Type", "application/json");
    String start = "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"x\":\"";
    Buffer body = Buffer.buffer(start + "x".repeat(LARGE - start.length() - 3) + "\"}}");
    Future<HttpClientResponse> response = request.response();
    if (isLengthKnown) {
      request.putHeader("Content-Length", String.valueOf(LARGE));
    } else {
      request.setChunked(true);
    }
    request.end(body);
    return done(
        response.compose(
            answer ->
                answer
                    .body()
                    .map(
                        words ->
                            new Answer(
                                answer.statusCode(),
                                answer.getHeader("Retry-After"),
                                words.toString()))));
  }

  private HttpClient client(HttpVersion version) {
    return vertx.createHttpClient(
        new HttpClientOptions()
            .setProtocolVersion(version)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2MultiplexingLimit(20)
            .setMaxPoolSize(20)
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(RestAssured.port));
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
