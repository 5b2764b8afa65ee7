package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.FakeReceiver;
import chat.switchboard.support.FakeReceiver.Received;
import chat.switchboard.support.Http;
import chat.switchboard.support.TestDatabase;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process dies between the steps of an outgoing event: the receiver gets each event at least
 * once, with the same id each time, and in the order of the conversation.
 */
class EventCrashIT {

  private static final Duration SOON = Duration.ofSeconds(60);

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
  @ValueSource(strings = {"appended", "event kept", "event sent"})
  void each_event_arrives_in_order_and_at_least_once_although_the_process_died(String place)
      throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    try (FakeReceiver receiver = new FakeReceiver()) {
      try (Replica dying = replica(receiver, place).ready()) {
        inject(dying, conversation, "one");
        dying.died();
      }
      List<String> messages = new ArrayList<>();
      try (Replica next = replica(receiver, null).ready()) {
        for (String text : List.of("one", "two", "three")) {
          HttpResponse<String> answer = inject(next, conversation, text);
          assertThat(answer.statusCode()).isIn(200, 201, 202);
        }
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(
                            database.libreChat.messages(conversation, database.owner).stream()
                                .map(one -> one.getString("text"))
                                .toList())
                        .endsWith("one", "two", "three"));
        database.libreChat.messages(conversation, database.owner).stream()
            .skip(2)
            .map(one -> one.getString("messageId"))
            .forEach(messages::add);
        assertThat(messages).hasSize(3);
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(subjects(receiver.taken()).stream().distinct().toList())
                        .isEqualTo(messages));
      }
      assertThat(
              receiver.taken().stream()
                  .collect(
                      Collectors.groupingBy(
                          EventCrashIT::subject,
                          Collectors.mapping(
                              got -> got.headers().get("webhook-id"), Collectors.toSet())))
                  .values())
          .as("the ids of the repetitions")
          .allMatch(ids -> ids.size() == 1);
      if (place.equals("event sent")) {
        assertThat(subjects(receiver.taken())).as("sent, not noted, and sent again").hasSize(4);
      }
    }
  }

  private static List<String> subjects(List<Received> received) {
    return received.stream().map(EventCrashIT::subject).toList();
  }

  private static String subject(Received received) {
    return JsonPath.from(received.body()).getString("data.messageId");
  }

  private static Replica replica(FakeReceiver receiver, String place) throws IOException {
    List<String> options = new ArrayList<>();
    options.add("-Dswitchboard.events.crm.url=" + receiver.url());
    options.add("-Dswitchboard.events.crm.secret=" + FakeReceiver.Resource.SECRET);
    options.add("-Dswitchboard.events.crm.events=message.received");
    options.add("-Dswitchboard.events.crm.allow-private=true");
    if (place != null) {
      options.add("-Dchat.switchboard.test.die-at=" + place);
    }
    return Replica.start(database.uri(), options.toArray(String[]::new));
  }

  /** Injects a text with a key of its own; null if the process died meanwhile. */
  private static HttpResponse<String> inject(Replica replica, String conversation, String text)
      throws InterruptedException {
    try {
      return Http.CLIENT.send(
          HttpRequest.newBuilder(
                  URI.create(replica.url("/api/messages/" + conversation + "/external")))
              .timeout(Duration.ofSeconds(30))
              .header("X-Internal-API-Key", TestDatabase.API_KEY)
              .header("Idempotency-Key", conversation + text)
              .header("Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"role\":\"external\",\"content\":\"" + text + "\"}"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException died) {
      return null;
    }
  }
}
