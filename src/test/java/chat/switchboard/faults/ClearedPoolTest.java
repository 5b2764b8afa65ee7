package chat.switchboard.faults;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.OddDatabase;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections to the database break and recover within the caller's time, as in an election. */
@QuarkusTest
@QuarkusTestResource(value = OddDatabase.BehindACable.class, restrictToAnnotatedClass = true)
class ClearedPoolTest {

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    user = libreChat.owner();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void every_caller_is_served_while_connections_break() throws Exception {
    for (int round = 0; round < 5; round++) {
      // All connections of the pools are open, and break.
      inject(conversation, "Before " + round);
      OddDatabase.proxy().relay().pull();
      List<CompletableFuture<Integer>> callers = callers(round);
      later(300L * round, ClearedPoolTest::putBack);
      areServed(callers);
    }
    isInjectedOnce(5);
  }

  /**
   * The driver alone does not help here: it repeats a read once and, with this connection string,
   * no write.
   */
  @Test
  void every_caller_is_served_when_the_answers_of_a_second_are_lost() throws Exception {
    for (int round = 0; round < 3; round++) {
      OddDatabase.proxy().loseAnswers(true);
      List<CompletableFuture<Integer>> callers;
      try {
        callers = callers(round);
        later(1_000, () -> {});
      } finally {
        OddDatabase.proxy().loseAnswers(false);
      }
      areServed(callers);
    }
    isInjectedOnce(3);
  }

  /** An injection, an SMS, a read of a list, and a stream, which is the order of the answers. */
  private List<CompletableFuture<Integer>> callers(int round) {
    return Stream.<Supplier<Integer>>of(
            () -> inject(conversation, "During " + round),
            () ->
                Twilio.sms("SMS " + round + " of " + conversation)
                    .from("+15558880001")
                    .arrives()
                    .statusCode(),
            () -> given().header("X-API-Key", TestDatabase.API_KEY).get("/api/inbox").statusCode(),
            () -> stream(user))
        .map(CompletableFuture::supplyAsync)
        .toList();
  }

  private static void areServed(List<CompletableFuture<Integer>> callers) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<Integer> caller : callers) {
      statuses.add(caller.get(30, TimeUnit.SECONDS));
    }
    // 202: the answer about a lease was lost, and the message is kept until the lease has run out.
    assertThat(statuses.get(0)).isIn(201, 202);
    assertThat(statuses.subList(1, statuses.size())).containsExactly(200, 200, 200);
  }

  /** No message is lost, and no message is stored twice. */
  private void isInjectedOnce(int rounds) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        libreChat.messages(conversation, user).stream()
                            .map(message -> message.getString("text"))
                            .filter(text -> text.startsWith("During"))
                            .toList())
                    .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, rounds).mapToObj(round -> "During " + round).toList()));
  }

  private static void later(long millis, Runnable task) {
    CompletableFuture.runAsync(
            task, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS))
        .join();
  }

  private static void putBack() {
    try {
      OddDatabase.proxy().relay().putBack();
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
