package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Tools;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The promise of keyed injections, as seen from outside: while replicas are killed and suspended,
 * each call appears to take effect once, at one moment between its request and its response.
 * Porcupine checks the recorded history; {@code src/test/linearizability} has the model.
 */
class LinearizabilityIT {

  private static final String CHECKER = "linearizability";

  /** How often a replica is killed and restarted; {@code -Dswitchboard-kills=50} for a long run. */
  private static final int KILLS = Integer.getInteger("switchboard-kills", 4);

  private static final int CLIENTS = 6;
  private static final int CONVERSATIONS = 3;

  /** What a client saw. */
  private record Call(
      int client, String conversation, String key, String outcome, long request, long response) {

    JsonObject json() {
      return new JsonObject()
          .put("client", client)
          .put("conversation", conversation)
          .put("key", key)
          .put("outcome", outcome)
          .put("request", request)
          .put("response", response);
    }
  }

  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> unexpected = new ConcurrentLinkedQueue<>();
  private final AtomicReferenceArray<Replica> replicas = new AtomicReferenceArray<>(2);
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private DatabaseForReplicas database;
  private volatile boolean stopping;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to kill it");
    assumeTrue(Tools.has("go"), "Go is needed to build the checker");
    Tools.need("checking histories with Porcupine", Tools.go(CHECKER));
    database = new DatabaseForReplicas();
    for (int i = 0; i < replicas.length(); i++) {
      replicas.set(i, Replica.start(database.uri()));
    }
    for (int i = 0; i < replicas.length(); i++) {
      replicas.get(i).ready();
    }
  }

  @AfterEach
  void stop() {
    stopping = true;
    for (int i = 0; i < replicas.length(); i++) {
      if (replicas.get(i) != null) {
        replicas.get(i).close();
      }
    }
    if (database != null) {
      database.close();
    }
  }

  @Test
  void the_checker_refuses_histories_that_break_the_promise() throws Exception {
    Finished tests = run("go", "test", "./...");
    assertThat(tests.output()).contains("ok");
    assertThat(tests.exit()).isZero();
  }

  @Test
  void keyed_injections_are_linearizable_while_replicas_are_killed_and_suspended()
      throws Exception {
    long seed = Long.getLong("switchboard-seed", System.nanoTime());
    System.out.println("Seed of the kills and calls: " + seed);
    List<String> conversations = new ArrayList<>();
    for (int i = 0; i < CONVERSATIONS; i++) {
      conversations.add(database.libreChat.conversation(database.owner));
    }
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      Random random = new Random(seed + i);
      Thread thread = new Thread(() -> inject(number, conversations, random));
      thread.start();
      clients.add(thread);
    }
    disturb(new Random(seed));
    stopping = true;
    for (Thread thread : clients) {
      thread.join(TimeUnit.MINUTES.toMillis(2));
      assertThat(thread.isAlive()).isFalse();
    }

    JsonObject threads = new JsonObject();
    conversations.forEach(
        conversation -> threads.put(conversation, new JsonArray(thread(conversation))));
    JsonArray recorded = new JsonArray();
    calls.forEach(call -> recorded.add(call.json()));
    Path history = Path.of("target", "history.json").toAbsolutePath();
    Files.writeString(
        history, new JsonObject().put("calls", recorded).put("threads", threads).encode());
    long stored = calls.stream().filter(call -> call.outcome().equals("stored")).count();
    long replayed = calls.stream().filter(call -> call.outcome().equals("replayed")).count();
    Finished check = run("bin/" + CHECKER, history.toString());
    System.out.printf(
        "%d kills; %d calls: %d stored, %d replayed, %d without a result; %s%n",
        KILLS,
        calls.size(),
        stored,
        replayed,
        calls.size() - stored - replayed,
        check.output().strip());
    assertThat(check.exit()).as(check.output()).isZero();
    assertThat(unexpected).isEmpty();
    assertThat(stored).isGreaterThan(100);
    assertThat(replayed).isGreaterThan(5);
  }

  /** Sends new keys, repeats a call without a result, and now and then one with a result. */
  private void inject(int number, List<String> conversations, Random random) {
    try {
      for (int i = 0; !stopping; i++) {
        String conversation = conversations.get(random.nextInt(conversations.size()));
        String key = "client-" + number + "-call-" + i;
        boolean done = false;
        for (int attempt = 0; !done && attempt < 100; attempt++) {
          done = call(number, conversation, key, random.nextInt(replicas.length()));
        }
        if (random.nextInt(10) == 0) {
          call(number, conversation, key, random.nextInt(replicas.length()));
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean call(int number, String conversation, String key, int replica)
      throws InterruptedException {
    long request = System.nanoTime();
    String outcome = outcome(replicas.get(replica), conversation, key);
    calls.add(new Call(number, conversation, key, outcome, request, System.nanoTime()));
    if (outcome.equals("unknown")) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return !outcome.equals("unknown");
  }

  private String outcome(Replica replica, String conversation, String key)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(replica.url("/api/messages/" + conversation + "/external")))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/json")
            .header("X-API-Key", TestDatabase.API_KEY)
            .header("Idempotency-Key", key)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    new JsonObject().put("role", "external").put("content", key).encode()))
            .build();
    try {
      HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
      if (response.statusCode() != 201) {
        // 202 and 503: the message is stored later, or by a repeated call.
        if (response.statusCode() != 202 && response.statusCode() != 503) {
          unexpected.add(response.statusCode());
        }
        return "unknown";
      }
      return response.headers().firstValue("Idempotency-Replayed").isPresent()
          ? "replayed"
          : "stored";
    } catch (IOException noResponse) {
      return "unknown";
    }
  }

  /** Kills a replica and restarts it; suspends the other for longer than a lease lasts. */
  private void disturb(Random random) throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(2_000));
      int victim = random.nextInt(replicas.length());
      if (kill % 2 == 1) {
        Replica suspended = replicas.get(1 - victim);
        suspended.freeze();
        TimeUnit.MILLISECONDS.sleep(2_500 + random.nextInt(1_500));
        suspended.thaw();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000));
      }
      Replica killed = replicas.get(victim);
      killed.kill();
      replicas.set(victim, Replica.startAt(killed.port, database.uri()).ready());
    }
    TimeUnit.SECONDS.sleep(2);
  }

  /** Returns the texts of the injected messages in the order of the thread. */
  private List<String> thread(String conversation) {
    Map<String, Document> children = new HashMap<>();
    for (Document message : database.libreChat.messages(conversation, database.owner)) {
      assertThat(children.put(message.getString("parentMessageId"), message))
          .as("A second child of %s", message.getString("parentMessageId"))
          .isNull();
    }
    List<String> texts = new ArrayList<>();
    Document next = children.get("00000000-0000-0000-0000-000000000000");
    while (next != null) {
      if (next.getString("text").startsWith("client-")) {
        texts.add(next.getString("text"));
      }
      next = children.get(next.getString("messageId"));
    }
    return texts;
  }

  private record Finished(int exit, String output) {}

  private static Finished run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Tools.home(CHECKER).toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Finished(process.waitFor(), output);
  }
}
