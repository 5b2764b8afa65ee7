package chat.switchboard.inbound;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.FakeLibreChat.Request;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message that comes while LibreChat generates waits, and nothing that the owner typed meanwhile
 * is touched.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(BesideARunTest.Own.class)
class BesideARunTest {

  /** An application of its own for this class. */
  public static class Own implements QuarkusTestProfile {}

  private static final Duration SOON = Duration.ofSeconds(60);

  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat agent;
  private String user;
  private String conversation;
  private String last;

  @BeforeEach
  void aConversation() {
    agent = FakeLibreChat.Resource.get();
    agent.reset();
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
  void words_that_the_owner_typed_during_a_run_are_left_to_the_page_and_waited_for() {
    agent.park(conversation, "And in German, please");
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().atMost(SOON).until(() -> !statusRequests().isEmpty());
    await().pollDelay(Duration.ofSeconds(2)).until(() -> !answer.isDone());
    assertThat(agent.parked(conversation)).containsExactly("And in German, please");
    assertThat(agent.lost()).isEmpty();
    assertThat(agent.recover(conversation)).isTrue();
    answer.join().then().statusCode(201).body("parentMessageId", equalTo(last));
    assertThat(statusRequests()).isNotEmpty();
    assertThat(agent.requests())
        .filteredOn(request -> request.path().contains("/status/"))
        .allMatch(request -> "generationProtocolVersion=2".equals(request.query()));
  }

  @Test
  void a_run_that_waits_for_an_approval_is_a_run() {
    agent.awaitApproval(conversation, true);
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().atMost(SOON).until(() -> !statusRequests().isEmpty());
    await().pollDelay(Duration.ofSeconds(1)).until(() -> !answer.isDone());
    agent.awaitApproval(conversation, false);
    answer.join().then().statusCode(201);
  }

  @Test
  void a_librechat_that_is_not_ready_counts_as_generating_until_its_retry_after() {
    agent.statusWillBe(conversation, 503);
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().atMost(SOON).until(() -> statusRequests().size() >= 3);
    assertThat(answer).isNotDone();
    // Retry-After is a second; without it there would be one every half second.
    List<Request> asked = statusRequests();
    for (int i = 1; i < asked.size(); i++) {
      assertThat(Duration.between(asked.get(i - 1).at(), asked.get(i).at()))
          .isGreaterThanOrEqualTo(Duration.ofMillis(990));
    }
    agent.statusWillBe(conversation, 200);
    answer.join().then().statusCode(201).body("parentMessageId", equalTo(last));
  }

  @ParameterizedTest
  @EnumSource(names = {"ANSWERS_SLOWLY", "SAVES_SLOWLY", "ANSWERS_IN_PARTS"})
  void a_message_goes_behind_an_answer_in_every_form_of_storage(Manner manner) {
    String question = agent.ownerWrites(conversation, user, last, "A question", manner);
    inject().then().statusCode(201);
    await().atMost(SOON).until(() -> agent.answers(conversation, user).size() == 1);
    List<Document> messages = libreChat.messages(conversation, user);
    assertThat(messages).hasSize(5);
    assertThat(messages.get(2)).containsEntry("messageId", question);
    assertOneLine(messages);
    assertThat(messages.get(4)).containsEntry("text", "Hello");
  }

  @Test
  void a_release_without_queued_turns_is_asked_for_them_once() {
    for (int i = 0; i < 3; i++) {
      inject().then().statusCode(201);
    }
    assertThat(agent.requests())
        .filteredOn(request -> request.path().endsWith("/queued-turns"))
        .hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3})
  void an_answer_that_appears_beside_a_message_that_had_waited_is_repaired(long seconds) {
    agent.awaitApproval(conversation, true);
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().atMost(SOON).until(() -> !statusRequests().isEmpty());
    await().pollDelay(Duration.ofSeconds(1)).until(() -> !answer.isDone());
    agent.awaitApproval(conversation, false);
    String ours = answer.join().then().statusCode(201).extract().path("messageId");
    // The first check is a second after the write and the second check 10 s after it.
    await().pollDelay(Duration.ofSeconds(seconds)).until(() -> true);
    String late = libreChat.message(conversation, user, last, "GPT", new Date());
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(libreChat.lastMessage(conversation, user))
                    .containsEntry("messageId", ours)
                    .containsEntry("parentMessageId", late));
    assertOneLine(libreChat.messages(conversation, user));
  }

  @Test
  void a_question_that_comes_between_the_look_and_the_write_is_seen() {
    // The database shows a fresh question; LibreChat, asked again, says that it is at it.
    String question = agent.ownerWrites(conversation, user, last, "Quick", Manner.ANSWERS_SLOWLY);
    inject().then().statusCode(201);
    List<Document> messages = libreChat.messages(conversation, user);
    assertThat(messages.get(2)).containsEntry("messageId", question);
    assertOneLine(messages);
  }

  private List<Request> statusRequests() {
    return agent.requests().stream()
        .filter(request -> request.path().endsWith("/status/" + conversation))
        .toList();
  }

  private static void assertOneLine(List<Document> messages) {
    for (int i = 1; i < messages.size(); i++) {
      assertThat(messages.get(i))
          .containsEntry("parentMessageId", messages.get(i - 1).getString("messageId"));
    }
  }

  private Response inject() {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
