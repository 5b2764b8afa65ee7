package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeMediaServer;
import chat.switchboard.support.MediaSamples;
import chat.switchboard.support.Twilio;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process dies between the steps of a file: the words come once, and the picture comes once,
 * with the words or below them.
 */
class MediaCrashIT {

  private static final Duration SOON = Duration.ofSeconds(90);

  private static final Vertx VERTX = Vertx.vertx();
  private static DatabaseForReplicas database;
  private static FakeMediaServer server;
  private static FakeLibreChat agent;
  private final Caller caller = new Caller();

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to kill it");
    database = new DatabaseForReplicas();
    server = FakeMediaServer.start(VERTX);
    agent = new FakeLibreChat(0);
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      agent.close();
      server.close();
      database.close();
    }
    VERTX.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "leased",
        "media-claimed",
        "media-fetched",
        "media-uploaded",
        "media-placed",
        "appended",
        "noted"
      })
  void killed_at_any_step_words_and_picture_come_once(String place) throws Exception {
    String sid = "MM" + UUID.randomUUID().toString().replace("-", "");
    String number = "+1558" + Integer.toUnsignedString(place.hashCode()).substring(0, 7);
    server.has(path(sid), "image/png", MediaSamples.plain("png"));
    int uploads = agent.files().uploads().size();
    try (Replica dying = replica("10s", "-Dchat.switchboard.test.die-at=" + place).ready()) {
      caller.webhook(dying, sms(sid, number, "Killed at " + place));
      dying.died();
    }
    try (Replica next = replica("10s").ready()) {
      shownOnce(next, number, "Killed at " + place);
    }
    assertThat(agent.files().uploads()).as("LibreChat has the file once").hasSize(uploads + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"media-late-kept", "appended", "noted"})
  void killed_after_the_words_were_appended_the_picture_follows_once(String place)
      throws Exception {
    String sid = "MM" + UUID.randomUUID().toString().replace("-", "");
    String number = "+1559" + Integer.toUnsignedString(place.hashCode()).substring(0, 7);
    try (Replica first = replica("1s").ready()) {
      assertThat(caller.webhook(first, sms(sid, number, "Late at " + place))).isEqualTo(200);
      await().atMost(SOON).until(() -> messages(number).size() == 1);
      await().atMost(SOON).until(() -> isLate(sid));
    }
    try (Replica dying = replica("1s", "-Dchat.switchboard.test.die-at=" + place).ready()) {
      server.has(path(sid), "image/png", MediaSamples.plain("png"));
      dying.died();
    }
    try (Replica next = replica("1s").ready()) {
      shownOnce(next, number, "Late at " + place);
      assertThat(messages(number)).hasSize(2);
    }
  }

  private static boolean isLate(String sid) {
    return database
            .libreChat
            .collection("switchboard_media")
            .find(new Document("sid", sid).append("late", true))
            .first()
        != null;
  }

  /** One message has the words, and one has the picture: the same one, or the one below. */
  private static void shownOnce(Replica replica, String number, String words) {
    await()
        .atMost(SOON)
        .until(() -> replica.isAlive() && conversation(number) != null && pictures(number) == 1);
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(10))
        .until(() -> pictures(number) == 1);
    List<Document> messages = messages(number);
    assertThat(messages.stream().filter(one -> one.getString("text").startsWith(words))).hasSize(1);
    assertThat(messages.size()).isBetween(1, 2);
    if (messages.size() == 2) {
      assertThat(messages.get(1).getString("parentMessageId"))
          .isEqualTo(messages.get(0).getString("messageId"));
    }
  }

  private static long pictures(String number) {
    return messages(number).stream()
        .filter(one -> one.getList("files", Document.class) != null)
        .count();
  }

  private static Replica replica(String wait, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-Dswitchboard.librechat-url=" + agent.url());
    all.add("-Dswitchboard.twilio.api-url=http://127.0.0.1:" + server.port());
    all.add("-Dswitchboard.media.wait=" + wait);
    all.add("-Dswitchboard.media.longest-pause=1s");
    all.add("-Dswitchboard.media.max-attempts=100");
    all.add("-Dswitchboard.inbox.lease=3s");
    return Replica.start(database.uri(), all.toArray(String[]::new));
  }

  private static Twilio sms(String sid, String number, String words) {
    return Twilio.sms(words)
        .from(number)
        .sid(sid)
        .set("NumMedia", "1")
        .with("MediaUrl0", "https://api.twilio.com" + path(sid))
        .with("MediaContentType0", "image/png");
  }

  private static String path(String sid) {
    return "/2010-04-01/Accounts/"
        + Twilio.ACCOUNT
        + "/Messages/"
        + sid
        + "/Media/ME"
        + "0".repeat(32);
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
    String conversation = conversation(number);
    return conversation == null
        ? List.of()
        : database.libreChat.messages(conversation, database.owner);
  }
}
