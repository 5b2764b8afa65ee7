package chat.switchboard.inbound;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A LibreChat on Redis speaks protocol version 1: each of its status answers takes parked words
 * away. A later release has a queue of turns.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(LibreChatOnRedisTest.Own.class)
class LibreChatOnRedisTest {

  /** An application of its own for this class. */
  public static class Own implements QuarkusTestProfile {}

  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat agent;
  private String user;
  private String conversation;
  private String last;

  @BeforeEach
  void aConversation() {
    agent = FakeLibreChat.Resource.get();
    agent.reset();
    agent.version(1);
    agent.knowsQueuedTurns(true);
    user = libreChat.user();
    conversation = libreChat.conversation(user);
    last = libreChat.lastMessage(conversation, user).getString("messageId");
  }

  @AfterEach
  void close() {
    agent.reset();
    libreChat.close();
  }

  @Test
  void its_list_of_active_runs_is_asked_and_never_the_status_of_a_conversation() {
    agent.park(conversation, "And in German, please");
    inject().then().statusCode(201).body("parentMessageId", equalTo(last));
    assertThat(agent.lost()).isEmpty();
    assertThat(agent.parked(conversation)).hasSize(1);
    assertThat(agent.requests())
        .anyMatch(request -> request.path().endsWith("/api/agents/chat/active"))
        .noneMatch(request -> request.path().endsWith("/status/" + conversation));
  }

  @Test
  void after_the_end_of_a_run_there_are_two_seconds_for_what_the_page_does_next() {
    agent.ownerWrites(conversation, user, last, "A question", Manner.ANSWERS_SLOWLY);
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().until(() -> agent.answers(conversation, user).size() == 1);
    // The page sends the parked text as the owner's next turn.
    String parent = agent.answers(conversation, user).get(0).getString("messageId");
    String next = agent.ownerWrites(conversation, user, parent, "Parked", Manner.ANSWERS_SLOWLY);
    await().until(() -> libreChat.lastMessage(conversation, user).containsKey("metadata"));
    answer.join();
    List<Document> messages = libreChat.messages(conversation, user);
    assertThat(messages).hasSize(7);
    assertThat(messages.get(4)).containsEntry("messageId", next);
    for (int i = 1; i < messages.size(); i++) {
      assertThat(messages.get(i))
          .containsEntry("parentMessageId", messages.get(i - 1).getString("messageId"));
    }
  }

  @Test
  void a_message_that_comes_just_after_the_end_of_a_run_waits_for_the_page_too() {
    agent.ownerWrites(conversation, user, last, "A question", Manner.ANSWERS);
    await().until(() -> agent.answers(conversation, user).size() == 1);
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().until(() -> !agent.requests().isEmpty());
    await().pollDelay(Duration.ofSeconds(1)).until(() -> !answer.isDone());
    answer.join().then().statusCode(201);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"queued", "claimed", "of a later release"})
  void turns_that_the_owner_has_queued_are_waited_for(String state) {
    agent.queue(conversation, state);
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().until(() -> !agent.requests().isEmpty());
    await().pollDelay(Duration.ofMillis(1_200)).until(() -> !answer.isDone());
    agent.emptyQueue(conversation);
    answer.join().then().statusCode(201);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"admitted", "cancelled", "dead"})
  void turns_that_no_longer_wait_are_not_waited_for(String state) {
    agent.queue(conversation, state);
    inject().then().statusCode(201);
    assertThat(agent.requests())
        .anyMatch(
            request ->
                request.path().endsWith("/queued-turns")
                    && request.query().equals("conversationId=" + conversation));
  }

  private Response inject() {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
