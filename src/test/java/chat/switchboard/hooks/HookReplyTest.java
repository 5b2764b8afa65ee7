package chat.switchboard.hooks;

import static com.mongodb.client.model.Filters.eq;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Asked;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import com.mongodb.client.model.Sorts;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Webhooks that LibreChat's agent answers, and webhooks that arrive while the agent answers. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(HookReplyTest.Answering.class)
class HookReplyTest {

  private static final String SECRET = "a secret of the tests 3";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Short waits for the answers. */
  public static class Answering implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.replies.debounce", "200ms", "switchboard.replies.initial-backoff", "200ms");
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat agent;
  private String owner;
  private String hook;

  @BeforeEach
  void begin() {
    agent = FakeLibreChat.Resource.get();
    owner = libreChat.owner();
    hook = "hook-" + UUID.randomUUID().toString().substring(0, 8);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_agent_of_the_hook_answers_in_the_thread_of_the_webhook() {
    make(
        """
        "thread":"{order}","title":"Order {order}","template":"Order {order} is disputed",
        "reply":true,"endpoint":"agents","agentId":"agent_disputes"\
        """);
    send("{\"order\":7}").then().body("status", equalTo("accepted"));
    send("{\"order\":8}").then().body("status", equalTo("accepted"));

    List<Document> questions = await().until(this::messages, all -> all.size() == 2);
    for (Document question : questions) {
      String conversation = question.getString("conversationId");
      await().atMost(SOON).until(() -> agent.answers(conversation, owner).size() == 1);
      List<Document> thread = libreChat.messages(conversation, owner);
      assertThat(thread).hasSize(2);
      assertThat(thread.get(1))
          .containsEntry("parentMessageId", question.getString("messageId"))
          .containsEntry("sender", "GPT");
      Asked asked = agent.asked(conversation).get(0);
      assertThat(asked.path()).isEqualTo("agents");
      assertThat(asked.body())
          .containsEntry("endpoint", "agents")
          .containsEntry("agent_id", "agent_disputes")
          .containsEntry("text", question.getString("text"))
          .containsEntry("overrideUserMessageId", question.getString("messageId"))
          .doesNotContainKey("model");
      assertThat(asked.claims()).containsEntry("id", owner);
      assertThat(libreChat.conversationOf(conversation))
          .containsEntry("endpoint", "agents")
          .containsEntry("agent_id", "agent_disputes");
    }
    assertThat(questions)
        .extracting(one -> libreChat.conversationOf(one.getString("conversationId")).get("title"))
        .containsExactlyInAnyOrder("Order 7", "Order 8");
  }

  @Test
  void the_endpoint_and_the_model_of_the_hook_are_asked() {
    make("\"template\":\"{text}\",\"reply\":true,\"endpoint\":\"openAI\",\"model\":\"gpt-hooks\"");
    send("{\"text\":\"The disk is full\"}").then().body("status", equalTo("accepted"));
    String conversation = message().getString("conversationId");
    await().atMost(SOON).until(() -> agent.answers(conversation, owner).size() == 1);
    Asked asked = agent.asked(conversation).get(0);
    assertThat(asked.path()).isEqualTo("openAI");
    assertThat(asked.body())
        .containsEntry("model", "gpt-hooks")
        .containsEntry("text", "The disk is full")
        .doesNotContainKey("agent_id");
  }

  @Test
  void a_digest_is_answered_once() {
    make("\"template\":\"Alert {n}\",\"reply\":true,\"digest\":\"2s\"");
    for (int n = 1; n <= 5; n++) {
      send("{\"n\":" + n + "}").then().body("status", equalTo("accepted"));
    }
    Document digest = message();
    String conversation = digest.getString("conversationId");
    await().atMost(SOON).until(() -> !agent.answers(conversation, owner).isEmpty());
    List<Document> all = messages();
    Document last = all.get(all.size() - 1);
    // On a busy machine the five may come in two digests, each with its answer.
    await().atMost(SOON).until(() -> agent.generated(conversation).size() == all.size());
    assertThat(last.getString("text")).contains("Alert 5");
    assertThat(agent.asked(conversation).get(0).body())
        .containsEntry("text", digest.getString("text"))
        .containsEntry("overrideUserMessageId", digest.getString("messageId"));
    assertThat(digest.getString("text")).contains("- Alert 1").contains("- Alert 2");
  }

  @Test
  void without_reply_the_agent_is_not_asked() {
    make("\"template\":\"{text}\"");
    send("{\"text\":\"Nothing to answer\"}").then().body("status", equalTo("accepted"));
    String conversation = message().getString("conversationId");
    await()
        .during(Duration.ofSeconds(3))
        .atMost(SOON)
        .until(() -> agent.asked(conversation).isEmpty());
  }

  @Test
  void a_webhook_during_an_answer_is_kept_and_acknowledged_within_3_seconds_and_follows_later() {
    String conversation = libreChat.conversation(owner);
    make("\"template\":\"{text}\",\"conversationId\":\"" + conversation + "\"");
    send("{\"text\":\"warm\"}").then().body("status", equalTo("accepted"));
    await().atMost(SOON).until(() -> messages().size() == 1);
    agent.willBe(conversation, FakeLibreChat.Manner.ANSWERS_LATE);
    String question =
        key()
            .body("{\"role\":\"external\",\"content\":\"When?\",\"reply\":true}")
            .post("/api/messages/" + conversation + "/external")
            .then()
            .statusCode(201)
            .extract()
            .path("messageId");
    await().atMost(SOON).until(() -> !agent.asked(conversation).isEmpty());

    long before = System.nanoTime();
    Response kept = send("{\"text\":\"meanwhile\"}");
    Duration took = Duration.ofNanos(System.nanoTime() - before);
    kept.then().body("status", equalTo("accepted"));
    // The service answers after 2.5 s at most; the rest is for the client on a busy machine.
    assertThat(took).isLessThan(Duration.ofMillis(3_000 + 2_000));
    assertThat(libreChat.lastMessage(conversation, owner).getString("messageId"))
        .isEqualTo(question);
    given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .get("/api/hooks/" + hook + "/deliveries")
        .then()
        .body("items[0].state", equalTo("accepted"));

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(libreChat.lastMessage(conversation, owner))
                    .containsEntry("text", "meanwhile")
                    .containsEntry(
                        "parentMessageId",
                        agent.answers(conversation, owner).get(0).getString("messageId")));
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                given()
                    .header("X-Internal-API-Key", TestDatabase.API_KEY)
                    .get("/api/hooks/" + hook + "/deliveries")
                    .then()
                    .body("items[0].state", equalTo("appended"))
                    .body("items[0].reason", nullValue()));
    send("{\"text\":\"meanwhile\"}").then().body("status", equalTo("duplicate"));
  }

  private void make(String fields) {
    key()
        .body(
            "{\"name\":\""
                + hook
                + "\",\"scheme\":\"token\",\"secrets\":[\""
                + SECRET
                + "\"],"
                + fields
                + "}")
        .post("/api/hooks")
        .then()
        .statusCode(201);
  }

  private Response send(String body) {
    Response response =
        given()
            .header("Authorization", "Bearer " + SECRET)
            .contentType(ContentType.JSON)
            .body(body)
            .post("/api/hooks/" + hook);
    response.then().statusCode(200);
    return response;
  }

  private Document message() {
    return await().atMost(SOON).until(this::messages, all -> !all.isEmpty()).get(0);
  }

  private List<Document> messages() {
    return libreChat
        .collection("messages")
        .find(eq("metadata.hook", hook))
        .sort(Sorts.ascending("createdAt"))
        .into(new ArrayList<>());
  }

  private static RequestSpecification key() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON);
  }
}
