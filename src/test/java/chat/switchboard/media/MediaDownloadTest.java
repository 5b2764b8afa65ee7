package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.http.Resolver;
import chat.switchboard.support.FakeMediaServer;
import chat.switchboard.support.MediaSamples;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole attempt: server, spool, inspection and database, without the container. */
@Tag("unit")
class MediaDownloadTest {

  private static final MediaDatabase DATABASE = new MediaDatabase();
  private static final Vertx VERTX = Vertx.vertx();
  private static final String ACCOUNT = "AC" + "0".repeat(32);
  private static final String MESSAGE = "MM" + "1".repeat(32);
  private static final String PATH =
      "/2010-04-01/Accounts/" + ACCOUNT + "/Messages/" + MESSAGE + "/Media/ME" + "2".repeat(32);

  @TempDir Path spool;

  private final MediaDatabase.Clock clock = new MediaDatabase.Clock();
  private final FakeMediaServer server = FakeMediaServer.start(VERTX);
  private MediaConfig config;
  private MediaStore store;
  private final MediaBytes bytes = new MediaBytes(DATABASE.database());

  @BeforeEach
  void empty() {
    config = MediaDatabase.config("switchboard.media.spool-directory", spool.toString());
    store = new MediaStore(DATABASE.items(), config, clock, new SimpleMeterRegistry());
    done(DATABASE.items().deleteMany(new Document()));
  }

  @AfterEach
  void theSpoolIsEmpty() throws Exception {
    server.close();
    try (Stream<Path> left = Files.list(spool)) {
      assertThat(left).isEmpty();
    }
  }

  @AfterAll
  static void close() {
    DATABASE.close();
    VERTX.close();
  }

  @Test
  void a_picture_is_stored_without_its_location() {
    server
        .redirects(PATH, "/cdn/x")
        .has("/cdn/x", "application/octet-stream", MediaSamples.jpegWithLocation());
    MediaItem item = run("image/jpeg", "IMG 1.jpg");

    assertThat(item.state).isEqualTo(MediaState.FETCHED);
    assertThat(item.type).isEqualTo("JPEG");
    assertThat(item.shown).isTrue();
    assertThat(item.location).isEqualTo("REMOVED");
    assertThat(item.width).isEqualTo(30);
    assertThat(item.fileName).isEqualTo("IMG 1.jpg");
    Buffer stored = Buffer.buffer();
    bytes.read(item.bytesId, 0, item.bytes).subscribe().asIterable().forEach(stored::appendBuffer);
    assertThat(stored.length()).isEqualTo(item.bytes.intValue());
    assertThat(stored.toString("ISO-8859-1")).doesNotContain(MediaSamples.XMP_LATITUDE);
  }

  @ParameterizedTest
  @CsvSource({
    "SVG, image/png, <svg onload='alert(1)'/>, photo.png.svg",
    "HTML, image/jpeg, <script>alert(1)</script>, photo.png.html",
    "EXECUTABLE, image/png, MZ program, photo.png.exe",
    "TEXT, image/png, hello, photo.png.txt",
  })
  void what_is_no_picture_is_named_and_not_shown(
      String type, String declared, String content, String name) {
    server.has(PATH, declared, content.getBytes());
    MediaItem item = run(declared, "photo.png");
    assertThat(item.state).isEqualTo(MediaState.FETCHED);
    assertThat(item.type).isEqualTo(type);
    assertThat(item.shown).isFalse();
    assertThat(item.doubt).contains(declared);
    assertThat(item.fileName).isEqualTo(name);
  }

  @Test
  void a_missing_file_is_tried_again_at_first_and_is_gone_later() {
    MediaItem item = run("image/png", null);
    assertThat(item.state).isEqualTo(MediaState.PENDING);
    assertThat(item.cause).isEqualTo("The server of the file answers with status 404");
    clock.turn(Duration.ofMinutes(30));
    MediaItem again =
        done(download().run(done(store.claim(Duration.ofMinutes(2))).orElseThrow())).orElseThrow();
    assertThat(again.state).isEqualTo(MediaState.FAILED);
  }

  @Test
  void a_redirect_to_a_private_address_and_an_empty_file_fail() {
    server.redirects(PATH, "http://169.254.169.254/latest/meta-data");
    assertThat(run("image/png", null).state).isEqualTo(MediaState.FAILED);
    done(store.delete("a"));
    FakeMediaServer other =
        server.redirects(PATH, "/empty").has("/empty", "image/png", new byte[0]);
    assertThat(run("image/png", null).cause).isEqualTo("The file is empty");
    assertThat(other.requests()).hasSizeGreaterThan(1);
  }

  @Test
  void the_file_of_another_message_is_not_fetched() {
    MediaItem item = item();
    item.url = "https://api.twilio.com" + PATH.replace(MESSAGE, "MM" + "9".repeat(32));
    done(store.add(item));
    MediaItem failed =
        done(download().run(done(store.claim(Duration.ofMinutes(2))).orElseThrow())).orElseThrow();
    assertThat(failed.state).isEqualTo(MediaState.FAILED);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void a_worker_whose_claim_has_ended_leaves_no_bytes() {
    server.has(PATH, "image/png", MediaSamples.plain("png"));
    done(store.add(item()));
    MediaItem slow = done(store.claim(Duration.ofMinutes(2))).orElseThrow();
    clock.turn(Duration.ofMinutes(3));
    MediaItem fast = done(store.claim(Duration.ofMinutes(2))).orElseThrow();
    assertThat(done(download().run(fast))).isPresent();
    assertThat(done(download().run(slow))).isEmpty();
    assertThatThrownBy(
            () ->
                bytes
                    .read(slow.id + ":" + slow.claim, 0, 1)
                    .collect()
                    .asList()
                    .await()
                    .indefinitely())
        .isInstanceOf(MediaBytes.Incomplete.class);
  }

  @ParameterizedTest
  @CsvSource({"204, FETCHED", "406, FAILED", "500, PENDING", "302, PENDING"})
  void a_file_passes_only_with_the_consent_of_the_scanner(int status, MediaState state) {
    config =
        MediaDatabase.config(
            "switchboard.media.spool-directory",
            spool.toString(),
            "switchboard.media.scan-url",
            "http://127.0.0.1:" + server.port() + "/scan/" + status);
    server.has(PATH, "image/png", MediaSamples.plain("png"));
    MediaItem item = run("image/png", null);
    assertThat(item.state).isEqualTo(state);
    assertThat(server.requests()).anyMatch(seen -> seen.path().equals("/scan/" + status));
  }

  @Test
  void a_file_does_not_pass_while_the_scanner_is_away() {
    config =
        MediaDatabase.config(
            "switchboard.media.spool-directory",
            spool.toString(),
            "switchboard.media.scan-url",
            "http://127.0.0.1:9/");
    server.has(PATH, "image/png", MediaSamples.plain("png"));
    assertThat(run("image/png", null).cause).isEqualTo("The virus scanner does not answer");
  }

  private MediaItem run(String declared, String name) {
    MediaItem item = item();
    item.declaredType = declared;
    item.fileName = name;
    done(store.add(item));
    return done(download().run(done(store.claim(Duration.ofMinutes(2))).orElseThrow()))
        .orElseThrow();
  }

  private static MediaItem item() {
    MediaItem item = MediaStoreTest.item("a");
    item.sid = MESSAGE;
    item.url = "https://api.twilio.com" + PATH;
    return item;
  }

  private MediaDownload download() {
    FetchLimits limits =
        new FetchLimits(
            1024 * 1024, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 3);
    return new MediaDownload(
        VERTX,
        new MediaFetcher(
            MediaHttp.client(VERTX, MediaHttp.options(limits.silence())),
            Resolver.system(VERTX),
            limits),
        new MediaSpool(VERTX, config.spoolDirectory()),
        store,
        bytes,
        new MediaScan(VERTX, VERTX.createHttpClient(), config.scanUrl()),
        config,
        new TwilioAccess(
            Optional.of(ACCOUNT),
            Optional.of("http://127.0.0.1:" + server.port()),
            Optional.of("Basic eA==")),
        clock);
  }

  private static <T> T done(Uni<T> work) {
    return work.await().atMost(Duration.ofSeconds(60));
  }
}
