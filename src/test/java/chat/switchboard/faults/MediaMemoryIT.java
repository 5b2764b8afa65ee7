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
import java.util.Collections;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many large pictures at once need no more memory than a few. */
class MediaMemoryIT {

  private static final int PICTURES = 20;
  private static final Vertx VERTX = Vertx.vertx();
  private static DatabaseForReplicas database;
  private static FakeMediaServer server;
  private static FakeLibreChat agent;

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
    try (Replica replica =
        Replica.start(
                database.uri(),
                "-Dswitchboard.librechat-url=" + agent.url(),
                "-Dswitchboard.twilio.api-url=http://127.0.0.1:" + server.port(),
                "-Dswitchboard.media.wait=1s")
            .ready()) {
      long before = replica.peakMemory().orElse(0);
      for (int i = 0; i < PICTURES; i++) {
        String sid = "MM" + UUID.randomUUID().toString().replace("-", "");
        server.has(path(sid), "image/jpeg", picture);
        assertThat(new Caller().webhook(replica, sms(sid, "+1555777" + (1000 + i)))).isEqualTo(200);
      }
      await()
          .atMost(Duration.ofMinutes(4))
          .until(
              () ->
                  database
                          .libreChat
                          .collection("switchboard_media")
                          .countDocuments(new Document("state", "STORED"))
                      == PICTURES);
      long peak = replica.peakMemory().orElse(0);
      System.out.printf(
          "Memory of the process: %d MiB before, at most %d MiB with %d pictures of 10 MB%n",
          before / 1024, peak / 1024, PICTURES);
      assertThat(agent.files().uploads()).hasSize(PICTURES);
    }
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
