package chat.switchboard.faults;

import static com.mongodb.client.model.Filters.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.Http;
import com.mongodb.client.model.Sorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process dies between any two steps of a webhook of another service, and of a digest: each
 * event is in the chat, and once.
 */
class HookCrashIT {

  private static final String SECRET = "a-secret-of-the-crash-tests";

  private static DatabaseForReplicas database;

  @BeforeAll
  static void start() {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to kill it");
    database = new DatabaseForReplicas();
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      database.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delivery kept",
        "kept",
        "mapped",
        "opened",
        "routed",
        "appended",
        "hook appended"
      })
  void a_webhook_that_was_kept_is_in_the_chat_once_although_the_process_died(String place)
      throws Exception {
    String hook = "at-" + place.replace(' ', '-');
    try (Replica dying = replica(hook, Duration.ZERO, place).ready()) {
      assertThat(send(dying, hook, 1)).isZero();
      dying.died();
    }
    try (Replica next = replica(hook, Duration.ZERO, null).ready()) {
      await().until(() -> texts(hook).equals(List.of("Alert 1")));
      assertThat(send(next, hook, 1)).isEqualTo(200);
      assertThat(send(next, hook, 2)).isEqualTo(200);
      await().until(() -> texts(hook).equals(List.of("Alert 1", "Alert 2")));
      await()
          .until(
              () ->
                  deliveries(hook).stream()
                      .allMatch(one -> "APPENDED".equals(one.getString("state"))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"collected", "digest closed", "appended", "digest written"})
  void a_digest_survives_a_crash_and_says_everything_once(String place) throws Exception {
    String hook = "digest-at-" + place.replace(' ', '-');
    Duration time = Duration.ofSeconds(3);
    try (Replica dying = replica(hook, time, place).ready()) {
      for (int n = 1; n <= 3; n++) {
        send(dying, hook, n);
      }
      dying.died();
    }
    try (Replica next = replica(hook, time, null).ready()) {
      for (int n = 1; n <= 3; n++) {
        assertThat(send(next, hook, n)).isEqualTo(200);
      }
      await().until(() -> lines(hook).size() == 3);
      assertThat(send(next, hook, 4)).isEqualTo(200);
      await().until(() -> lines(hook).size() == 4);
      assertThat(lines(hook)).containsExactlyInAnyOrder("Alert 1", "Alert 2", "Alert 3", "Alert 4");
      if (!place.equals("collected")) {
        assertThat(texts(hook)).containsExactly("- Alert 1\n- Alert 2\n- Alert 3", "Alert 4");
      }
    }
  }

  @Test
  void the_same_webhook_at_two_replicas_is_one_message_and_a_digest_collects_from_both()
      throws Exception {
    String once = "at-both";
    String digest = "digest-of-both";
    Duration time = Duration.ofSeconds(5);
    try (Replica one = replica(once, Duration.ZERO, null);
        Replica other = replica(once, Duration.ZERO, null)) {
      one.ready();
      other.ready();
      List<CompletableFuture<Integer>> sent = new ArrayList<>();
      for (int n = 0; n < 20; n++) {
        int number = n;
        for (Replica replica : List.of(one, other)) {
          sent.add(CompletableFuture.supplyAsync(() -> sent(replica, once, number)));
        }
      }
      assertThat(sent).allMatch(answer -> answer.join() == 200);
      await().until(() -> texts(once).size() == 20);
      assertThat(texts(once)).doesNotHaveDuplicates();
    }
    try (Replica one = replica(digest, time, null);
        Replica other = replica(digest, time, null)) {
      one.ready();
      other.ready();
      List<CompletableFuture<Integer>> sent = new ArrayList<>();
      for (int n = 0; n < 16; n++) {
        int number = n;
        Replica replica = n % 2 == 0 ? one : other;
        sent.add(CompletableFuture.supplyAsync(() -> sent(replica, digest, number)));
      }
      assertThat(sent).allMatch(answer -> answer.join() == 200);
      await().until(() -> lines(digest).size() == 16);
      assertThat(lines(digest)).doesNotHaveDuplicates();
      assertThat(texts(digest)).hasSize(1);
      await().during(Duration.ofSeconds(3)).until(() -> texts(digest).size() == 1);
    }
  }

  private static Replica replica(String hook, Duration digest, String place) throws IOException {
    List<String> options = new ArrayList<>();
    String prefix = "-Dswitchboard.hooks." + hook + ".";
    options.add(prefix + "scheme=token");
    options.add(prefix + "secrets=" + SECRET);
    options.add(prefix + "template=Alert {n}");
    if (!digest.isZero()) {
      options.add(prefix + "digest=" + digest.toSeconds() + "s");
    }
    if (place != null) {
      options.add("-Dchat.switchboard.test.die-at=" + place);
    }
    return Replica.start(database.uri(), options.toArray(String[]::new));
  }

  private static int sent(Replica replica, String hook, int number) {
    try {
      return send(replica, hook, number);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  /** The status of the response; 0 where there was none. */
  private static int send(Replica replica, String hook, int number) throws InterruptedException {
    try {
      return Http.CLIENT
          .send(
              HttpRequest.newBuilder(URI.create(replica.url("/api/hooks/" + hook)))
                  .timeout(Duration.ofSeconds(20))
                  .header("Authorization", "Bearer " + SECRET)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"n\":" + number + "}"))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException noAnswer) {
      return 0;
    }
  }

  private static List<String> texts(String hook) {
    return database
        .libreChat
        .collection("messages")
        .find(eq("metadata.hook", hook))
        .sort(Sorts.ascending("createdAt"))
        .map(message -> message.getString("text"))
        .into(new ArrayList<>());
  }

  /** The alerts of all messages. */
  private static List<String> lines(String hook) {
    return texts(hook).stream()
        .flatMap(text -> Arrays.stream(text.split("\n")))
        .flatMap(line -> Stream.of(line.replaceFirst("^- ", "")))
        .toList();
  }

  private static List<Document> deliveries(String hook) {
    return database
        .libreChat
        .collection("switchboard_deliveries")
        .find(eq("hook", hook))
        .into(new ArrayList<>());
  }
}
