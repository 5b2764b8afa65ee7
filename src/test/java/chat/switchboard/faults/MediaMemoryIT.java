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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many large pictures need no more memory than a few, at once and one after the other. */
class MediaMemoryIT {

  private static final int PICTURES = 20;

  /** {@code -Dmedia.soak=500} runs the long soak. */
  private static final int SOAK = Integer.getInteger("media.soak", 60);

  /** How many pictures of the soak are on their way at most: as many as are fetched at once. */
  private static final int AT_ONCE = 4;

  /**
   * What the process may grow by, in MiB, after the first quarter of the soak. The heap has its
   * whole size from the start, so that growth is that of other memory.
   */
  private static final long GROWTH = 32;

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Vertx VERTX = Vertx.vertx();
  private static DatabaseForReplicas database;
  private static FakeMediaServer server;
  private static FakeLibreChat agent;

  @TempDir Path spool;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to measure it");
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

  @Test
  void twenty_pictures_of_ten_megabytes_pass_through_192_megabytes_of_heap() throws Exception {
    byte[] picture = tenMegabytes();
    try (Replica replica = startReplica()) {
      long before = replica.peakMemory().orElse(0);
      long uploadsBefore = agent.files().uploads().size();
      long storedBefore = stored();
      for (int i = 0; i < PICTURES; i++) {
        send(replica, picture, i);
      }
      await().atMost(PATIENCE).until(() -> stored() == storedBefore + PICTURES);
      long peak = replica.peakMemory().orElse(0);
      System.out.printf(
          "Memory of the process: %d MiB before, at most %d MiB with %d pictures of 10 MB%n",
          before / 1024, peak / 1024, PICTURES);
      assertThat(agent.files().uploads()).hasSize((int) uploadsBefore + PICTURES);
    }
  }

  @Test
  void the_memory_stays_flat_while_pictures_of_ten_megabytes_go_on_coming() throws Exception {
    byte[] picture = tenMegabytes();
    List<Sample> samples = new ArrayList<>();
    try (Replica replica = startReplica("-XX:+AlwaysPreTouch")) {
      long storedBefore = stored();
      for (int i = 0; i < SOAK; i++) {
        int sent = i;
        await().atMost(PATIENCE).until(() -> sent - (stored() - storedBefore) < AT_ONCE);
        note(samples, replica);
        send(replica, picture, i % 100);
      }
      await().atMost(PATIENCE).until(() -> stored() == storedBefore + SOAK);
      note(samples, replica);
      long early = most(samples.subList(0, SOAK / 4 + 1));
      long late = most(samples.subList(SOAK / 4 + 1, samples.size()));
      System.out.printf(
          "Most memory: %d MiB in the first quarter, %d MiB afterwards%n", early, late);
      assertThat(late).isLessThanOrEqualTo(early + GROWTH);
    }
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).as("files in the spool directory").isEmpty();
    }
    assertThat(database.libreChat.collection("switchboard_media.chunks").countDocuments())
        .as("parts of files that LibreChat has")
        .isZero();
  }

  private static void note(List<Sample> samples, Replica replica) throws Exception {
    Sample sample = Sample.of(replica);
    if (samples.size() % (SOAK / 4) == 0) {
      System.out.printf("After %d of %d pictures of 10 MB: %s%n", samples.size(), SOAK, sample);
    }
    samples.add(sample);
  }

  /** What the process has at a moment, in MiB; -1 where the process does not tell. */
  private record Sample(long resident, long heap, long direct) {

    static Sample of(Replica replica) throws Exception {
      return new Sample(
          replica.memory().orElse(-1024) / 1024,
          (long) replica.metric("jvm_memory_used_bytes", "area=\"heap\"") >> 20,
          (long) replica.metric("jvm_buffer_memory_used_bytes", "id=\"direct\"") >> 20);
    }

    @Override
    public String toString() {
      return resident + " MiB resident, heap " + heap + " MiB, direct buffers " + direct + " MiB";
    }
  }

  private static long most(List<Sample> samples) {
    return samples.stream().mapToLong(Sample::resident).max().orElseThrow();
  }

  private Replica startReplica(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-Dswitchboard.librechat-url=" + agent.url());
    all.add("-Dswitchboard.twilio.api-url=http://127.0.0.1:" + server.port());
    all.add("-Dswitchboard.media.spool-directory=" + spool);
    all.add("-Dswitchboard.media.wait=1s");
    return Replica.start(database.uri(), all.toArray(String[]::new)).ready();
  }

  private static void send(Replica replica, byte[] picture, int person) throws Exception {
    String sid = "MM" + UUID.randomUUID().toString().replace("-", "");
    server.has(path(sid), "image/jpeg", picture);
    Twilio sms = sms(sid, "+1555777" + (1000 + person));
    // As Twilio does: the tests' database, in this process, does not keep pace on a busy machine.
    await()
        .atMost(PATIENCE)
        .until(() -> new Caller().webhook(replica, sms), status -> status == 200);
  }

  private static long stored() {
    return database
        .libreChat
        .collection("switchboard_media")
        .countDocuments(new Document("state", "STORED"));
  }

  private static byte[] tenMegabytes() {
    byte[] comment = MediaSamples.segment(0xFE, new byte[65_000]);
    return MediaSamples.jpegWith(Collections.nCopies(155, comment).toArray(byte[][]::new));
  }

  private static Twilio sms(String sid, String number) {
    return Twilio.sms("Large")
        .from(number)
        .sid(sid)
        .set("NumMedia", "1")
        .with("MediaUrl0", "https://api.twilio.com" + path(sid))
        .with("MediaContentType0", "image/jpeg");
  }

  private static String path(String sid) {
    return "/2010-04-01/Accounts/"
        + Twilio.ACCOUNT
        + "/Messages/"
        + sid
        + "/Media/ME"
        + "0".repeat(32);
  }
}
