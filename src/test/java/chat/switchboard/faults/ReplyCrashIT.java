package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.Twilio;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process dies on the way to an answer: it is asked once, answered once, and texted once. */
class ReplyCrashIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** The cause in the state of a text if no sending is configured. */
  private static final Pattern NOT_SENT = Pattern.compile("Text (\\S+) to \\S+ did not go");

  private static DatabaseForReplicas database;
  private static FakeLibreChat agent;
  private final Caller caller = new Caller();

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to kill it");
    database = new DatabaseForReplicas();
    agent = new FakeLibreChat(0);
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      agent.close();
      database.close();
    }
  }

  @AfterEach
  void asEver() {
    agent.willAlwaysBe(Manner.ANSWERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"appended", "wanted", "noted", "asking", "asked", "texted", "answered"})
  void killed_at_any_step_the_text_is_answered_once(String place) throws Exception {
    String number = "+1557" + Integer.toUnsignedString(place.hashCode()).substring(0, 7);
    try (Replica dying = replica("-Dchat.switchboard.test.die-at=" + place).ready()) {
      caller.webhook(dying, Twilio.sms("Killed at " + place).from(number));
      dying.died();
      try (Replica next = replica().ready()) {
        answered(number);
        assertThat(agent.generated(conversation(number))).hasSize(1);
        assertThat(Chain.of(messages(number), Set.of("Killed at " + place))).isEqualTo(Chain.WHOLE);
        assertThat(messages(number)).hasSize(2);
        assertThat(texted(number, dying, next)).isEqualTo(1);
      }
    }
  }

  @Test
  void killed_while_the_answer_is_generated_another_replica_brings_it_to_the_phone()
      throws Exception {
    String number = "+15578880001";
    agent.willAlwaysBe(Manner.ANSWERS_LATE);
    try (Replica dying = replica().ready();
        Replica other = replica().ready()) {
      caller.webhook(dying, Twilio.sms("Hello").from(number));
      await().atMost(SOON).until(() -> conversation(number) != null);
      await().atMost(SOON).until(() -> agent.generated(conversation(number)).size() == 1);
      dying.kill();
      answered(number);
      assertThat(agent.generated(conversation(number))).hasSize(1);
      assertThat(messages(number)).hasSize(2);
      assertThat(texted(number, dying, other)).isEqualTo(1);
    }
  }

  @Test
  void a_text_to_another_replica_during_an_answer_goes_behind_the_answer() throws Exception {
    String number = "+15578880002";
    agent.willAlwaysBe(Manner.ANSWERS_SLOWLY);
    try (Replica one = replica().ready();
        Replica two = replica().ready()) {
      caller.webhook(one, Twilio.sms("First").from(number));
      await().atMost(SOON).until(() -> conversation(number) != null);
      await().atMost(SOON).until(() -> agent.generated(conversation(number)).size() == 1);
      caller.webhook(two, Twilio.sms("Second").from(number));
      caller.webhook(one, Twilio.sms("Third").from(number));
      await().atMost(SOON).until(() -> messages(number).size() == 5);
      answered(number);
      assertThat(Chain.of(messages(number), Set.of("First", "Second", "Third")))
          .isEqualTo(Chain.WHOLE);
      assertThat(agent.generated(conversation(number))).hasSize(2);
      assertThat(agent.destroyed()).isEmpty();
      assertThat(texted(number, one, two)).isEqualTo(2);
    }
  }

  private static Replica replica(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-Dswitchboard.librechat-url=" + agent.url());
    all.add("-Dswitchboard.replies.auto=true");
    all.add("-Dswitchboard.replies.debounce=300ms");
    return Replica.start(database.uri(), all.toArray(String[]::new));
  }

  /** Whether every text of this person has a final state. */
  private static void answered(String number) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              List<Document> replies =
                  database
                      .libreChat
                      .collection("switchboard_replies")
                      .find(new Document("phones.to", number))
                      .into(new ArrayList<>());
              return !replies.isEmpty()
                  && replies.stream()
                      .allMatch(
                          reply ->
                              Set.of("ANSWERED", "SKIPPED").contains(reply.getString("state")));
            });
  }

  /** Returns the different texts to this phone. */
  private static int texted(String number, Replica... replicas) throws IOException {
    Set<String> ids = new HashSet<>();
    database
        .libreChat
        .collection("switchboard_outbox")
        .find(new Document("phoneNumber", number))
        .forEach(text -> ids.add(text.getString("_id")));
    for (Replica replica : replicas) {
      Matcher notSent = NOT_SENT.matcher(Files.readString(replica.log));
      while (notSent.find()) {
        ids.add(notSent.group(1));
      }
    }
    return ids.size();
  }

  private static String conversation(String number) {
    Document mapping =
        database
            .libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number))
            .first();
    return mapping == null ? null : mapping.getString("conversationId");
  }

  private static List<Document> messages(String number) {
    return database.libreChat.messages(conversation(number), database.owner);
  }
}
