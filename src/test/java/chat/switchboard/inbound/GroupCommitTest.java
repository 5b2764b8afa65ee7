package chat.switchboard.inbound;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.CommandProxy;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.OddDatabase;
import chat.switchboard.support.TestDatabase;
import com.mongodb.client.model.Filters;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Messages into many conversations at once share the commands to the database. Each caller gets the
 * answer of its own message, and a conversation that fails is no failure of another.
 */
@QuarkusTest
@QuarkusTestResource(value = GroupCommitTest.Proxied.class, restrictToAnnotatedClass = true)
@TestProfile(GroupCommitTest.OwnApplication.class)
class GroupCommitTest {

  /** Tests of one application share the registry of metrics. */
  public static class OwnApplication implements QuarkusTestProfile {}

  /** A database behind a proxy; a missing conversation is not opened. */
  public static final class Proxied extends OddDatabase {
    @Override
    public Map<String, String> start() {
      Map<String, String> config = new HashMap<>(super.start());
      config.put("switchboard.owner", "");
      // The held commands wait until all callers are there, also on a slow machine.
      config.put("switchboard.database.timeout", "30s");
      config.put("quarkus.mongodb.read-timeout", "40S");
      return config;
    }
  }

  private static final int CALLERS = 64;

  /** The collections whose commands wait until all callers are there. */
  private static final List<String> HELD =
      List.of("conversations", "messages", "switchboard_inbox", "switchboard_leases");

  @Inject MeterRegistry meters;

  private final LibreChat libreChat = new LibreChat();
  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
  private final List<String> conversations = new ArrayList<>();
  private String user;

  @BeforeEach
  void manyConversations() {
    user = libreChat.user();
    for (int i = 0; i < CALLERS; i++) {
      conversations.add(libreChat.conversation(user));
    }
  }

  @AfterEach
  void close() {
    proxy().answer(command -> Optional.empty());
    proxy().loseAnswersOf(command -> false);
    callers.shutdownNow();
    libreChat.close();
  }

  @Test
  void messages_into_many_conversations_share_commands_and_each_goes_into_its_own() {
    List<Response> first = injectTogether(() -> {});
    int before = proxy().commands().size();
    List<Response> second = injectTogether(() -> {});
    List<BsonDocument> sent = proxy().commands().subList(before, proxy().commands().size());
    for (int i = 0; i < CALLERS; i++) {
      isStored(i, first.get(i), 3);
      isStored(i, second.get(i), 4);
    }
    assertThat(count(sent, "insert", "messages")).isBetween(1, CALLERS / 4);
    assertThat(count(sent, "update", "conversations")).isBetween(1, CALLERS / 4);
    assertThat(count(sent, "find", "messages")).isBetween(1, CALLERS / 4);
    assertThat(count(sent, "find", "conversations")).isBetween(1, CALLERS / 4);
    assertThat(count(sent, "find", "switchboard_inbox")).isBetween(1, CALLERS / 4);
    assertThat(count(sent, "insert", "switchboard_leases")).isLessThanOrEqualTo(CALLERS / 4);
  }

  @Test
  void a_conversation_that_fails_is_no_failure_of_another() {
    injectTogether(() -> {});
    change(3, "conversations", new Document("title", new Document("no", "text")));
    change(5, "messages", new Document("createdAt", "yesterday"));
    change(7, "conversations", new Document("createdAt", "yesterday"));
    await().until(() -> libreChat.collection("switchboard_leases").countDocuments(leases()) == 0);
    holdLease(11);
    Response stored = inject(13, "the-key");
    libreChat.collection("switchboard_inbox").deleteMany(Filters.eq("lane", conversations.get(13)));
    List<Response> answers =
        injectTogether(
            () ->
                libreChat
                    .collection("conversations")
                    .deleteOne(Filters.eq("conversationId", conversations.get(9))),
            13);
    for (int i : List.of(3, 5, 7)) {
      assertThat(answers.get(i).statusCode()).as("conversation %d", i).isEqualTo(500);
    }
    assertThat(answers.get(9).statusCode()).isEqualTo(404);
    assertThat(answers.get(11).statusCode()).as("the lease is held").isEqualTo(202);
    assertThat(answers.get(13).statusCode()).isEqualTo(201);
    assertThat(answers.get(13).<String>path("messageId")).isEqualTo(stored.path("messageId"));
    for (int i = 0; i < CALLERS; i++) {
      if (!List.of(3, 5, 7, 9, 11, 13).contains(i)) {
        isStored(i, answers.get(i), 4);
      }
    }
    isChain(13, 4);
    assertThat(libreChat.messages(conversations.get(11), user)).hasSize(3);
  }

  @Test
  void messages_whose_write_got_no_answer_are_in_their_conversations_once() {
    injectTogether(() -> {});
    AtomicInteger lost = new AtomicInteger();
    List<Response> answers =
        injectTogether(
            () ->
                proxy()
                    .loseAnswersOf(
                        command ->
                            is(command, "insert", "messages") && lost.getAndIncrement() < 2));
    assertThat(lost.get()).isGreaterThanOrEqualTo(2);
    for (int i = 0; i < CALLERS; i++) {
      isStored(i, answers.get(i), 4);
    }
  }

  @Test
  void the_ends_of_long_threads_are_found_together_whatever_librechat_wrote_meanwhile() {
    for (int i = 0; i < 10; i++) {
      lengthen(conversations.get(i));
    }
    List<Response> first = injectTogether(() -> {});
    Map<Integer, String> parents = new HashMap<>();
    for (int i = 0; i < CALLERS; i++) {
      parents.put(i, first.get(i).path("messageId"));
    }
    String appended = first.get(2).path("messageId");
    parents.put(2, libreChat.message(conversations.get(2), user, appended, "GPT", new Date()));
    String before = first.get(4).path("parentMessageId");
    parents.put(4, libreChat.message(conversations.get(4), user, before, "GPT", new Date()));
    parents.put(6, first.get(6).path("parentMessageId"));
    libreChat
        .collection("messages")
        .deleteOne(Filters.eq("messageId", first.get(6).<String>path("messageId")));
    List<Response> second = injectTogether(() -> {});
    for (int i = 0; i < CALLERS; i++) {
      assertThat(second.get(i).statusCode()).as("conversation %d", i).isEqualTo(201);
      assertThat(second.get(i).<String>path("parentMessageId"))
          .as("conversation %d", i)
          .isEqualTo(parents.get(i));
    }
  }

  /** More messages than the service reads to find the end of a thread. */
  private void lengthen(String conversation) {
    Document last = libreChat.lastMessage(conversation, user);
    String parent = last.getString("messageId");
    for (int i = 1; i <= 10; i++) {
      Date at = new Date(last.getDate("createdAt").getTime() + i);
      parent = libreChat.message(conversation, user, parent, "GPT", at);
    }
  }

  @Test
  void a_message_into_a_known_conversation_takes_three_reads_and_then_two_writes() {
    isStored(0, inject(0), 3);
    await().until(() -> libreChat.collection("switchboard_leases").countDocuments(leases()) == 0);
    int before = proxy().commands().size();
    isStored(0, inject(0), 4);
    List<String> sent =
        proxy().commands().subList(before, proxy().commands().size()).stream()
            .filter(command -> HELD.stream().anyMatch(collection -> is(command, collection)))
            // Other parts of the service read messages and take leases at the same time.
            .filter(command -> !is(command, "switchboard_leases"))
            // The sweeper counts the entries of the inbox every 10 s.
            .filter(command -> !is(command, "aggregate", "switchboard_inbox"))
            .filter(
                command ->
                    !"find".equals(command.getFirstKey())
                        || command.toString().contains(conversations.get(0)))
            .map(
                command ->
                    command.getFirstKey()
                        + " "
                        + command.getString(command.getFirstKey()).getValue())
            .toList();
    assertThat(sent).hasSize(5);
    assertThat(sent.subList(0, 3))
        .containsExactlyInAnyOrder("find switchboard_inbox", "find messages", "find conversations");
    assertThat(sent.subList(3, 5))
        .containsExactlyInAnyOrder("insert messages", "update conversations");
  }

  private List<Response> injectTogether(Runnable meanwhile, int... keyed) {
    CountDownLatch together = new CountDownLatch(1);
    proxy()
        .answer(
            command -> {
              if (HELD.stream().anyMatch(collection -> is(command, collection))) {
                wait(together);
              }
              return Optional.empty();
            });
    List<CompletableFuture<Response>> answers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int index = i;
      boolean hasKey = IntStream.of(keyed).anyMatch(one -> one == index);
      answers.add(
          CompletableFuture.supplyAsync(
              () -> hasKey ? inject(index, "the-key") : inject(index), callers));
    }
    await()
        .until(
            () ->
                meters.find("switchboard.messages.in.flight").gauges().stream()
                    .anyMatch(gauge -> gauge.value() == CALLERS));
    meanwhile.run();
    together.countDown();
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private static void wait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Response inject(int index) {
    return post(request(), index);
  }

  private Response inject(int index, String key) {
    return post(request().header("Idempotency-Key", key), index);
  }

  private static RequestSpecification request() {
    return given().header("X-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON);
  }

  private Response post(RequestSpecification request, int index) {
    return request
        .body(Map.of("role", "external", "content", "For conversation " + index))
        .post("/api/messages/{id}/external", conversations.get(index));
  }

  /** The message of this caller is the last one of this conversation. */
  private void isStored(int index, Response answer, int messages) {
    assertThat(answer.statusCode()).as("conversation %d", index).isEqualTo(201);
    assertThat(answer.<String>path("conversationId")).isEqualTo(conversations.get(index));
    assertThat(answer.<String>path("text")).isEqualTo("For conversation " + index);
    Document stored =
        libreChat
            .collection("messages")
            .find(Filters.eq("messageId", answer.<String>path("messageId")))
            .first();
    assertThat(stored)
        .containsEntry("conversationId", conversations.get(index))
        .containsEntry("text", "For conversation " + index)
        .containsEntry("parentMessageId", answer.<String>path("parentMessageId"));
    assertThat(libreChat.conversationOf(conversations.get(index)).getDate("updatedAt"))
        .isAfterOrEqualTo(stored.getDate("createdAt"));
    isChain(index, messages);
  }

  private void isChain(int index, int atLeast) {
    String parent = LibreChat.NO_PARENT;
    List<Document> thread = libreChat.messages(conversations.get(index), user);
    assertThat(thread).as("conversation %d", index).hasSizeGreaterThanOrEqualTo(atLeast);
    for (Document message : thread) {
      assertThat(message).containsEntry("parentMessageId", parent);
      parent = message.getString("messageId");
    }
  }

  private void change(int index, String collection, Document fields) {
    libreChat
        .collection(collection)
        .updateOne(
            Filters.eq("conversationId", conversations.get(index)), new Document("$set", fields));
  }

  private Bson leases() {
    return Filters.in("_id", conversations);
  }

  private void holdLease(int index) {
    libreChat
        .collection("switchboard_leases")
        .insertOne(
            new Document("_id", conversations.get(index))
                .append("token", "another replica's")
                .append("owner", "another replica")
                .append("beat", 0L)
                .append("wanted", false)
                .append("takenAt", new Date()));
  }

  private static CommandProxy proxy() {
    return OddDatabase.proxy();
  }

  private static int count(List<BsonDocument> commands, String name, String collection) {
    return (int) commands.stream().filter(command -> is(command, name, collection)).count();
  }

  private static boolean is(BsonDocument command, String name, String collection) {
    return name.equals(command.getFirstKey()) && is(command, collection);
  }

  private static boolean is(BsonDocument command, String collection) {
    BsonValue first = command.get(command.getFirstKey());
    return first.isString() && collection.equals(first.asString().getValue());
  }
}
