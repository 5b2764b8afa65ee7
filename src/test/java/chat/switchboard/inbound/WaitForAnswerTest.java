package chat.switchboard.inbound;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message that comes while LibreChat is generating an answer goes behind it, never beside it. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class WaitForAnswerTest {

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String conversation;
  private String last;

  @BeforeEach
  void aConversation() {
    owner = libreChat.owner();
    conversation = libreChat.conversation(owner);
    last = libreChat.lastMessage(conversation, owner).getString("messageId");
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_message_with_a_short_wait_is_acknowledged_once_appended_behind_the_answer() {
    String question = libreChat.message(conversation, owner, last, "User", new Date());
    CompletableFuture<Response> answer = CompletableFuture.supplyAsync(this::inject);
    await().pollDelay(Duration.ofSeconds(1)).until(() -> !answer.isDone());
    String reply = libreChat.message(conversation, owner, question, "GPT", new Date());
    answer.join().then().statusCode(201).body("parentMessageId", equalTo(reply));
  }

  @Test
  void a_message_with_a_long_wait_gets_202_and_is_in_the_inbox() {
    String question = libreChat.message(conversation, owner, last, "User", new Date());
    Response answer = inject();
    String entry = answer.path("id");
    answer
        .then()
        .statusCode(202)
        .header("Location", equalTo("/api/inbox/" + entry))
        .body("state", equalTo("received"))
        .body("text", equalTo("Hello"));
    entry(entry).then().statusCode(200).body("state", equalTo("received"));
    String reply = libreChat.message(conversation, owner, question, "GPT", new Date());
    await().until(() -> entry(entry).path("state").equals("appended"));
    assertThat(libreChat.lastMessage(conversation, owner))
        .containsEntry("text", "Hello")
        .containsEntry("parentMessageId", reply);
    assertThat(libreChat.messages(conversation, owner)).hasSize(5);
  }

  @Test
  void a_webhook_never_waits() {
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    Twilio.sms("First").from(number).arrives().then().statusCode(200);
    String theirs = conversationOf(number);
    String first = libreChat.lastMessage(theirs, owner).getString("messageId");
    String question = libreChat.message(theirs, owner, first, "User", new Date());

    long before = System.nanoTime();
    Twilio.sms("Second").from(number).arrives().then().statusCode(200);
    Twilio.sms("Third").from(number).arrives().then().statusCode(200);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(12));
    assertThat(libreChat.messages(theirs, owner)).hasSize(2);

    String reply = libreChat.message(theirs, owner, question, "GPT", new Date());
    await().until(() -> libreChat.messages(theirs, owner).size() == 5);
    List<Document> all = libreChat.messages(theirs, owner);
    assertThat(all.stream().map(one -> one.getString("text")).toList().subList(3, 5))
        .containsExactly("Second", "Third");
    assertThat(all.get(3)).containsEntry("parentMessageId", reply);
    assertThat(all.get(4)).containsEntry("parentMessageId", all.get(3).getString("messageId"));
  }

  @Test
  void a_message_of_a_deleted_conversation_comes_before_the_later_ones_of_its_sender() {
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    Twilio.sms("First").from(number).arrives().then().statusCode(200);
    String deleted = conversationOf(number);
    String first = libreChat.lastMessage(deleted, owner).getString("messageId");
    libreChat.message(deleted, owner, first, "User", new Date());
    Twilio.sms("Second").from(number).arrives().then().statusCode(200);
    // LibreChat deletes the messages later.
    libreChat.collection("conversations").deleteOne(new Document("conversationId", deleted));

    Twilio.sms("Third").from(number).arrives().then().statusCode(200);
    String next = conversationOf(number);
    assertThat(next).isNotEqualTo(deleted);
    await().until(() -> libreChat.messages(next, owner).size() == 2);
    assertThat(libreChat.messages(next, owner).stream().map(one -> one.getString("text")))
        .containsExactly("Second", "Third");
  }

  private String conversationOf(String number) {
    return libreChat
        .collection("switchboard_mappings")
        .find(new Document("phoneNumber", number))
        .first()
        .getString("conversationId");
  }

  @Test
  void a_question_that_is_older_than_an_answer_takes_is_not_waited_for() {
    Date longAgo = new Date(System.currentTimeMillis() - 95_000);
    libreChat
        .collection("messages")
        .updateMany(
            new Document("conversationId", conversation),
            new Document("$set", new Document("createdAt", new Date(longAgo.getTime() - 1000))));
    String question = libreChat.message(conversation, owner, last, "User", longAgo);
    inject().then().statusCode(201).body("parentMessageId", equalTo(question));
  }

  @Test
  void a_message_goes_to_the_branch_that_the_page_shows() {
    Date now = new Date();
    String shown =
        libreChat.message(conversation, owner, last, "GPT", new Date(now.getTime() - 20_000));
    String hidden =
        libreChat.message(conversation, owner, last, "GPT", new Date(now.getTime() - 30_000));
    libreChat.message(conversation, owner, hidden, "GPT", new Date(now.getTime() - 10_000));
    inject().then().statusCode(201).body("parentMessageId", equalTo(shown));
  }

  @Test
  void waiting_messages_can_be_listed_and_dropped_only_with_the_key() {
    libreChat.message(conversation, owner, last, "User", new Date());
    String entry = inject().path("id");
    given().get("/api/inbox").then().statusCode(401);
    authorized()
        .queryParam("limit", 200)
        .get("/api/inbox")
        .then()
        .statusCode(200)
        .body("items.find { it.id == '" + entry + "' }.conversationId", equalTo(conversation));
    authorized().post("/api/inbox/{id}/requeue", entry).then().statusCode(409);
    authorized().delete("/api/inbox/{id}", entry).then().statusCode(204);
    authorized().delete("/api/inbox/{id}", entry).then().statusCode(404);
    entry(entry).then().statusCode(404).body("error", startsWith("The inbox has no message"));
    String question = libreChat.lastMessage(conversation, owner).getString("messageId");
    libreChat.message(conversation, owner, question, "GPT", new Date());
    inject().then().statusCode(201);
    assertThat(libreChat.messages(conversation, owner)).hasSize(5);
    authorized().get("/api/inbox?state=odd").then().statusCode(400);
    authorized().get("/api/inbox?limit=-1").then().statusCode(400);
  }

  @Test
  void a_message_that_cannot_be_appended_is_a_dead_letter_until_requeued() {
    libreChat.message(conversation, owner, last, "User", new Date());
    String entry = inject().path("id");
    libreChat.collection("conversations").deleteOne(new Document("conversationId", conversation));
    // The lane has read the conversation before; the sweeper has not.
    libreChat
        .collection("switchboard_inbox")
        .updateOne(
            new Document("_id", entry),
            new Document("$set", new Document("nextAttemptAt", new Date())));
    await().until(() -> "dead".equals(entry(entry).path("state")));
    entry(entry).then().body("error", startsWith("The conversation was deleted"));
    authorized()
        .queryParam("state", "dead")
        .get("/api/inbox")
        .then()
        .body("items.find { it.id == '" + entry + "' }.state", equalTo("dead"));

    libreChat
        .collection("conversations")
        .insertOne(
            new Document("conversationId", conversation)
                .append("user", owner)
                .append("endpoint", "openAI"));
    libreChat
        .collection("messages")
        .updateMany(
            new Document("conversationId", conversation),
            new Document("$set", new Document("isCreatedByUser", false)));
    authorized().post("/api/inbox/{id}/requeue", entry).then().statusCode(200);
    await().until(() -> "appended".equals(entry(entry).path("state")));
  }

  private static io.restassured.specification.RequestSpecification authorized() {
    return given().header("X-API-Key", TestDatabase.API_KEY);
  }

  private Response entry(String id) {
    return authorized().get("/api/inbox/{id}", id);
  }

  private Response inject() {
    return authorized()
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
