package chat.switchboard.faults;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.Relay;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.mongodb.ConnectionString;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Connections to the database break and recover within the caller's time, as in an election. */
@QuarkusTest
@QuarkusTestResource(value = ClearedPoolTest.BehindACable.class, restrictToAnnotatedClass = true)
class ClearedPoolTest {

  private static Relay relay;

  /** The database of the tests behind a proxy that can cut connections. */
  public static final class BehindACable extends TestDatabase {
    @Override
    public Map<String, String> start() {
      Map<String, String> config = super.start();
      ConnectionString uri = new ConnectionString(TestDatabase.uri());
      try {
        relay = new Relay(uri);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      config.put(
          "quarkus.mongodb.connection-string",
          "mongodb://127.0.0.1:" + relay.port() + "/" + uri.getDatabase() + "?retryWrites=false");
      return config;
    }

    @Override
    public void stop() {
      try {
        relay.close();
      } catch (IOException closed) {
        // It was to be closed.
      }
      super.stop();
    }
  }

  @Test
  void every_caller_is_served_while_connections_break() throws Exception {
    try (LibreChat libreChat = new LibreChat()) {
      String user = libreChat.user();
      String conversation = libreChat.conversation(user);
      for (int i = 0; i < 5; i++) {
        // All connections of the pools are open, and break.
        inject(conversation, "Before " + i);
        relay.pull();
        int round = i;
        List<CompletableFuture<Integer>> statuses =
            IntStream.range(0, 4)
                .mapToObj(
                    caller ->
                        CompletableFuture.supplyAsync(
                            () ->
                                switch (caller) {
                                  case 0 -> inject(conversation, "During " + round);
                                  case 1 ->
                                      Twilio.sms("SMS " + round)
                                          .from("+15558880001")
                                          .arrives()
                                          .statusCode();
                                  case 2 ->
                                      given()
                                          .header("X-API-Key", TestDatabase.API_KEY)
                                          .get("/api/inbox")
                                          .statusCode();
                                  default -> stream(user);
                                }))
                .toList();
        CompletableFuture.runAsync(
                ClearedPoolTest::putBack,
                CompletableFuture.delayedExecutor(300L * i, TimeUnit.MILLISECONDS))
            .join();
        for (int caller = 0; caller < statuses.size(); caller++) {
          assertThat(statuses.get(caller).get(30, TimeUnit.SECONDS))
              .as("caller %d of round %d", caller, round)
              .isEqualTo(caller == 0 ? 201 : 200);
        }
      }
      // No message is stored twice.
      assertThat(
              libreChat.messages(conversation, user).stream()
                  .map(message -> message.getString("text"))
                  .filter(text -> text.startsWith("During"))
                  .toList())
          .containsExactlyInAnyOrder("During 0", "During 1", "During 2", "During 3", "During 4");
    }
  }

  private static void putBack() {
    try {
      relay.putBack();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static int inject(String conversation, String text) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"" + text + "\"}")
        .post("/api/messages/{id}/external", conversation)
        .statusCode();
  }

  private static int stream(String user) {
    try (Browser browser = Browser.open(LibreChat.token(user, Duration.ofMinutes(5))).connected()) {
      return browser.ended() ? 503 : 200;
    }
  }
}
