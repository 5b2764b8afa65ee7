package chat.switchboard.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class StreamTest {

  private final LibreChat libreChat = new LibreChat();
  private String user;

  @BeforeEach
  void aUser() {
    user = libreChat.user();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_new_stream_sends_connected_at_once() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      assertThat(browser.response().statusCode()).isEqualTo(200);
      Map<String, List<String>> headers = browser.response().headers().map();
      assertThat(headers)
          .containsEntry("content-type", List.of("text/event-stream;charset=UTF-8"))
          .containsEntry("cache-control", List.of("no-cache, no-transform"))
          .containsEntry("x-accel-buffering", List.of("no"))
          .containsEntry("referrer-policy", List.of("no-referrer"));
      await().until(() -> "3000".equals(browser.retry()));
      await().until(() -> browser.openings().size() == 1);
      assertThat(browser.openings().get(0).id()).matches("\\d{13}-0{24}-[0-9a-f]{8}");
      assertThat(browser.openings().get(0).data()).isEqualTo("{}");
    }
  }

  @Test
  void a_bearer_header_also_opens_the_stream() {
    try (Browser browser =
        Browser.get("", "Authorization", "Bearer " + LibreChat.token(user)).connected()) {
      assertThat(browser.response().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void many_concurrent_stream_requests_each_get_their_own_answer() {
    List<String> known = Stream.generate(libreChat::user).limit(36).toList();
    List<String> gone = Stream.generate(() -> new ObjectId().toHexString()).limit(4).toList();
    List<String> all = new ArrayList<>(known);
    all.addAll(gone);
    Collections.shuffle(all);
    // One each: the common pool has as few threads as there are processors.
    Executor threads = task -> new Thread(task).start();
    List<CompletableFuture<Browser>> opening =
        all.stream()
            .map(id -> LibreChat.token(id))
            .map(token -> CompletableFuture.supplyAsync(() -> Browser.open(token), threads))
            .toList();
    List<Browser> browsers = opening.stream().map(CompletableFuture::join).toList();
    for (int i = 0; i < all.size(); i++) {
      assertThat(browsers.get(i).response().statusCode())
          .isEqualTo(known.contains(all.get(i)) ? 200 : 401);
    }
    String first = inject(libreChat.conversation(known.get(0)));
    browsers.get(all.indexOf(known.get(0))).heard(first);
    browsers.forEach(Browser::close);
  }

  @Test
  void only_the_owner_hears_a_message() {
    String stranger = libreChat.user();
    try (Browser owner = Browser.open(LibreChat.token(user)).connected();
        Browser other = Browser.open(LibreChat.token(stranger)).connected()) {
      String theirs = inject(libreChat.conversation(stranger));
      String mine = inject(libreChat.conversation(user));
      other.heard(theirs);
      owner.heard(mine);
      assertThat(owner.events()).hasSize(1);
      assertThat(other.events()).hasSize(1);
    }
  }

  @Test
  void a_stream_of_one_conversation_is_silent_about_others() {
    String one = libreChat.conversation(user);
    String other = libreChat.conversation(user);
    try (Browser browser =
        Browser.get("?conversationId=" + one + "&token=" + LibreChat.token(user)).connected()) {
      inject(other);
      browser.heard(inject(one));
      assertThat(browser.events()).hasSize(1);
    }
  }

  @Test
  void every_stream_of_a_user_hears_it() {
    try (Browser first = Browser.open(LibreChat.token(user)).connected();
        Browser second = Browser.open(LibreChat.token(user)).connected()) {
      String id = inject(libreChat.conversation(user));
      assertThat(first.heard(id)).isEqualTo(second.heard(id));
    }
  }

  @Test
  void when_the_token_ends_the_stream_says_so_and_ends() {
    try (Browser browser = Browser.open(LibreChat.token(user, Duration.ofSeconds(6)))) {
      await().until(browser::ended);
      assertThat(browser.events()).extracting(Browser.Event::name).containsExactly("tokenExpired");
    }
  }

  @Test
  void silence_is_broken_by_a_comment() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      await().until(() -> browser.comments().contains("keep-alive"));
    }
  }

  @Test
  void a_client_with_an_old_last_event_id_is_told_to_refetch() {
    try (Browser browser =
        Browser.get(
            "?token=" + LibreChat.token(user),
            "Last-Event-ID",
            "1795361863251-6b030c1f53c4588b0af06578")) {
      await()
          .until(() -> browser.events().stream().anyMatch(event -> event.name().equals("resync")));
    }
  }

  @Test
  void one_more_stream_than_a_user_may_have_is_refused() {
    List<Browser> open = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        open.add(Browser.open(LibreChat.token(user)).connected());
      }
      given()
          .queryParam("token", LibreChat.token(user))
          .get("/api/messages/stream")
          .then()
          .statusCode(429)
          .contentType("application/problem+json")
          .header("Retry-After", "5");
    } finally {
      open.forEach(Browser::close);
    }
    await()
        .until(
            () -> {
              try (Browser again = Browser.open(LibreChat.token(user))) {
                return again.response().statusCode() == 200;
              }
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTokens")
  void a_bad_token_is_refused_with_one_vague_sentence(String why, String token) {
    given()
        .header("Authorization", "Bearer " + token)
        .get("/api/messages/stream")
        .then()
        .statusCode(401)
        .contentType("application/problem+json")
        .body("error", equalTo("A valid LibreChat access token is needed"));
  }

  static Stream<Arguments> badTokens() {
    String somebody = new ObjectId().toHexString();
    SecretKeySpec key =
        new SecretKeySpec(TestDatabase.JWT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String unsigned =
        base64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64.encodeToString(
                ("{\"id\":\"" + somebody + "\",\"exp\":4102444800}")
                    .getBytes(StandardCharsets.UTF_8))
            + ".";
    return Stream.of(
        Arguments.of("nothing", ""),
        Arguments.of("no token at all", "hello"),
        Arguments.of("unsigned", unsigned),
        Arguments.of("of a user who does not exist", LibreChat.token(somebody)),
        Arguments.of("expired", LibreChat.token(somebody, Duration.ofSeconds(-1))),
        Arguments.of(
            "signed with another secret",
            LibreChat.token(
                somebody,
                Duration.ofMinutes(1),
                "another-secret-0123456789-0123456789-0123456789",
                SignatureAlgorithm.HS256)),
        Arguments.of(
            "signed with another algorithm",
            LibreChat.token(
                somebody,
                Duration.ofMinutes(1),
                TestDatabase.JWT_SECRET,
                SignatureAlgorithm.HS512)),
        Arguments.of("without a user", Jwt.claim("x", "y").expiresIn(60).jws().sign(key)),
        Arguments.of("with a user that is no id", Jwt.claim("id", "{}").jws().sign(key)),
        Arguments.of("of endless length", "a".repeat(9_000)));
  }

  @Test
  void a_good_token_under_another_algorithm_is_refused() {
    String token =
        LibreChat.token(
            user, Duration.ofMinutes(1), TestDatabase.JWT_SECRET, SignatureAlgorithm.HS512);
    given()
        .header("Authorization", "Bearer " + token)
        .get("/api/messages/stream")
        .then()
        .statusCode(401);
  }

  @Test
  void a_user_who_is_being_deleted_is_refused() {
    libreChat
        .collection("users")
        .updateOne(
            new Document("_id", new ObjectId(user)),
            new Document("$set", new Document("agentTriggerDeletionStartedAt", new Date())));
    given()
        .queryParam("token", LibreChat.token(user))
        .get("/api/messages/stream")
        .then()
        .statusCode(401);
  }

  @Test
  void no_token_is_refused() {
    given().get("/api/messages/stream").then().statusCode(401).header("WWW-Authenticate", "Bearer");
    given()
        .header("Authorization", "Basic eDp5")
        .queryParam("token", LibreChat.token(user))
        .get("/api/messages/stream")
        .then()
        .statusCode(401);
  }

  @Test
  void a_conversation_that_is_no_uuid_is_refused() {
    given()
        .queryParam("token", LibreChat.token(user))
        .queryParam("conversationId", "x\r\ny")
        .get("/api/messages/stream")
        .then()
        .statusCode(400);
  }

  private String inject(String conversation) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation)
        .path("messageId");
  }
}
