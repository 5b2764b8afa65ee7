package chat.switchboard.inbound;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where LibreChat can be reached, it is asked whether an answer is being generated. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = AskLibreChatTest.Status.class, restrictToAnnotatedClass = true)
@TestProfile(AskLibreChatTest.Own.class)
class AskLibreChatTest {

  /** An application of its own for this class. */
  public static class Own implements QuarkusTestProfile {}

  /** LibreChat's status door, as it was recorded. */
  public static class Status implements QuarkusTestResourceLifecycleManager {

    static final List<String> ASKED = new CopyOnWriteArrayList<>();
    static volatile boolean active;
    static volatile boolean broken;
    private HttpServer server;

    @Override
    public Map<String, String> start() {
      try {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
      } catch (IOException failure) {
        throw new IllegalStateException(failure);
      }
      server.createContext(
          "/api/agents/chat/status/",
          exchange -> {
            ASKED.add(
                exchange.getRequestURI().getPath()
                    + " "
                    + exchange.getRequestHeaders().getFirst("User-Agent")
                    + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body =
                ("{\"active\":" + active + ",\"generationProtocolVersion\":1}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(broken ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
      return Map.of(
          "switchboard.librechat-url", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void stop() {
      server.stop(0);
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
    Status.active = false;
    Status.broken = false;
    Status.ASKED.clear();
    // After a failure LibreChat is left alone for a while.
    await()
        .until(
            () -> {
              inject().then().statusCode(201);
              return !Status.ASKED.isEmpty();
            });
    Status.ASKED.clear();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void while_librechat_reports_a_running_answer_the_message_waits() {
    Status.active = true;
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().pollDelay(Duration.ofSeconds(1)).until(() -> !answer.isDone());
    Status.active = false;
    answer.join().then().statusCode(201);
    String asked =
        Status.ASKED.stream().filter(one -> one.contains(conversation)).findFirst().orElseThrow();
    assertThat(asked)
        .startsWith("/api/agents/chat/status/" + conversation + " Mozilla/5.0 ")
        .contains(" Bearer ");
    String claims = asked.replaceAll(".* Bearer [^.]+\\.([^.]+)\\..*", "$1");
    assertThat(new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8))
        .contains("\"id\":\"" + user + "\"");
  }

  @Test
  void if_librechat_is_idle_a_message_does_not_wait_for_an_unanswered_question() {
    String last = libreChat.lastMessage(conversation, user).getString("messageId");
    String question = libreChat.message(conversation, user, last, "User", new Date());
    inject().then().statusCode(201).body("parentMessageId", equalTo(question));
  }

  @Test
  void if_librechat_does_not_tell_its_status_the_database_is_read() {
    Status.broken = true;
    inject().then().statusCode(201);
    String last = libreChat.lastMessage(conversation, user).getString("messageId");
    libreChat.message(conversation, user, last, "User", new Date());
    inject().then().statusCode(202);
  }

  private Response inject() {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
