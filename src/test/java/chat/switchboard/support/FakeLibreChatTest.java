package chat.switchboard.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.FakeLibreChat.Manner;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.jwt.build.Jwt;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stand-in of LibreChat is no friendlier than LibreChat. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class FakeLibreChatTest {

  private static final String CHROME =
      "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0 Safari/537.36";
  private static final String V2 = "?generationProtocolVersion=2";

  private final HttpClient client = HttpClient.newHttpClient();
  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat fake;
  private String user;
  private String conversation;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeLibreChat(0);
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void stop() {
    fake.close();
    libreChat.close();
  }

  @Test
  void a_status_request_without_version_2_takes_the_parked_words_away() throws Exception {
    fake.park(conversation, "And in German");
    assertThat(get("/api/agents/chat/status/" + conversation + V2).body())
        .contains("And in German");
    assertThat(fake.recover(conversation)).isTrue();
    fake.park(conversation, "And in German");
    assertThat(get("/api/agents/chat/status/" + conversation).body()).contains("And in German");
    assertThat(fake.lost()).containsExactly("And in German");
    assertThat(fake.recover(conversation)).isFalse();
  }

  @Test
  void on_redis_every_status_request_takes_them_away_and_the_list_of_runs_does_not()
      throws Exception {
    fake.version(1);
    fake.park(conversation, "And in German");
    assertThat(get("/api/agents/chat/active").body()).contains("activeJobIds");
    assertThat(fake.lost()).isEmpty();
    assertThat(get("/api/agents/chat/status/" + conversation + V2).body())
        .contains("\"generationProtocolVersion\": 1");
    assertThat(fake.lost()).hasSize(1);
  }

  @Test
  void while_a_run_is_saved_the_server_is_not_ready() throws Exception {
    String parent = libreChat.lastMessage(conversation, user).getString("messageId");
    fake.ownerWrites(conversation, user, parent, "A question", Manner.SAVES_SLOWLY);
    String path = "/api/agents/chat/status/" + conversation + V2;
    HttpResponse<String> answer = await().until(() -> get(path), one -> one.statusCode() == 503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(answer.body()).contains("SERVER_NOT_READY");
  }

  @Test
  void a_program_that_is_no_browser_is_banned_with_its_user_and_its_address() throws Exception {
    String path = "/api/agents/chat/active";
    HttpResponse<String> first = ask("GET", path, "curl/8.5.0", LibreChat.token(user), null);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).contains("event: error").contains("Illegal request");
    assertThat(get(path).statusCode()).isEqualTo(403);
    assertThat(get("/api/files/images").statusCode()).isEqualTo(403);
    assertThat(ask("GET", path, CHROME, LibreChat.token(libreChat.user()), null).statusCode())
        .isEqualTo(403);
  }

  @Test
  void a_token_with_a_scope_opens_nothing() throws Exception {
    String scoped =
        Jwt.claim("id", user)
            .claim("scope", "agent_trigger")
            .expiresAt(Instant.now().plusSeconds(60))
            .jws()
            .sign(
                new SecretKeySpec(
                    TestDatabase.JWT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    assertThat(ask("GET", "/api/agents/chat/active", CHROME, scoped, null).statusCode())
        .isEqualTo(401);
  }

  @Test
  void a_run_of_another_user_is_forbidden_and_a_stream_that_was_replaced_is_a_conflict()
      throws Exception {
    String parent = libreChat.lastMessage(conversation, user).getString("messageId");
    fake.ownerWrites(conversation, user, parent, "A question", Manner.ANSWERS_SLOWLY);
    String other = LibreChat.token(libreChat.user());
    assertThat(
            ask("GET", "/api/agents/chat/status/" + conversation + V2, CHROME, other, null)
                .statusCode())
        .isEqualTo(403);
    assertThat(
            get("/api/agents/chat/stream/" + conversation + "?generationCreatedAt=1").statusCode())
        .isEqualTo(409);
  }

  @Test
  void a_run_that_the_owner_replaces_leaves_its_words_unfinished_and_its_request_is_replaced()
      throws Exception {
    String question = libreChat.lastMessage(conversation, user).getString("messageId");
    Document body =
        new Document("text", "Hello")
            .append("conversationId", conversation)
            .append("overrideUserMessageId", question)
            .append("clientRequestId", UUID.randomUUID().toString());
    fake.willBe(conversation, Manner.ANSWERS_LATE);
    String path = "/api/agents/chat/openAI";
    assertThat(post(path, body).body()).contains("started");
    assertThat(post(path, body).body()).contains("resumed");
    fake.ownerWrites(conversation, user, question, "Wait", Manner.ANSWERS_LATE);
    assertThat(post(path, body).body()).contains("replaced");
    assertThat(libreChat.messages(conversation, user))
        .anyMatch(
            message ->
                message.getBoolean("unfinished", false)
                    && question.equals(message.getString("parentMessageId")));
  }

  @Test
  void queued_turns_are_known_to_later_releases_only() throws Exception {
    String path = "/api/agents/chat/queued-turns?conversationId=" + conversation;
    assertThat(get(path).statusCode()).isEqualTo(404);
    fake.knowsQueuedTurns(true);
    fake.queue(conversation, "queued");
    assertThat(get(path).body()).contains("queuedTurns").contains("\"status\": \"queued\"");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return ask("GET", path, CHROME, LibreChat.token(user), null);
  }

  private HttpResponse<String> post(String path, Document body) throws Exception {
    return ask("POST", path, CHROME, LibreChat.token(user), body.toJson());
  }

  private HttpResponse<String> ask(
      String method, String path, String userAgent, String token, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(fake.url() + path))
            .header("User-Agent", userAgent)
            .header("Authorization", "Bearer " + token)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
