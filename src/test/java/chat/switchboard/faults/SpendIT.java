package chat.switchboard.faults;

import static com.mongodb.client.model.Filters.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.Http;
import chat.switchboard.support.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The spend guard with two replicas of the packaged service. */
class SpendIT {

  private static final int LIMIT = 40;

  private static DatabaseForReplicas database;
  private static FakeTwilio twilio;
  private static Replica one;
  private static Replica other;
  private static String conversation;

  @BeforeAll
  static void start() throws Exception {
    database = new DatabaseForReplicas();
    twilio = FakeTwilio.start();
    conversation = database.libreChat.conversation(database.owner);
    one = replica();
    other = replica();
    one.ready();
    other.ready();
  }

  private static Replica replica() throws Exception {
    return Replica.start(
        database.uri(),
        "-Dswitchboard.twilio.api-url=" + twilio.url(),
        "-Dswitchboard.twilio.from=+15557654321",
        "-Dswitchboard.outbox.segments-per-second=200",
        "-Dswitchboard.spend.owner-segments-per-day=" + LIMIT);
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
    twilio.close();
    database.close();
  }

  @AfterEach
  void nothingIsSpent() {
    database.libreChat.collection("switchboard_spend").deleteMany(new Document());
  }

  @Test
  void two_replicas_that_are_asked_at_once_share_one_limit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    List<Integer> answers =
        IntStream.range(0, 3 * LIMIT)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> send(i % 2 == 0 ? one : other, "+155510" + (10_000 + i)), threads))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();
    threads.shutdown();
    assertThat(answers).containsOnly(202, 429);
    assertThat(answers.stream().filter(status -> status == 202)).hasSize(LIMIT);
    assertThat(
            database
                .libreChat
                .collection("switchboard_spend")
                .find(eq("kind", "owner"))
                .first()
                .get("used", Number.class)
                .intValue())
        .isEqualTo(LIMIT);
  }

  @Test
  void a_pause_holds_at_every_replica_and_after_a_restart() throws Exception {
    assertThat(post(one, "/api/spend/pause", "")).isEqualTo(200);
    assertThat(send(other, "+15551200001")).isEqualTo(202);
    other.kill();
    other = replica().ready();
    assertThat(send(other, "+15551200002")).isEqualTo(202);
    await()
        .during(Duration.ofSeconds(6))
        .until(
            () ->
                twilio.requests("+15551200001").isEmpty()
                    && twilio.requests("+15551200002").isEmpty());
    assertThat(post(other, "/api/spend/resume", "")).isEqualTo(200);
    await()
        .until(
            () ->
                twilio.taken("+15551200001").size() == 1
                    && twilio.taken("+15551200002").size() == 1);
  }

  private static int send(Replica replica, String to) {
    try {
      return post(
          replica,
          "/api/sms",
          new Document("to", to)
              .append("conversationId", conversation)
              .append("text", "Hi")
              .toJson());
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static int post(Replica replica, String path, String body) throws Exception {
    return Http.CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(replica.url(path)))
                .header("Content-Type", "application/json")
                .header("X-API-Key", TestDatabase.API_KEY)
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
