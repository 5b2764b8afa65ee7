package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.librechat.LibreChatFiles.Downloaded;
import chat.switchboard.librechat.LibreChatFiles.Upload;
import chat.switchboard.librechat.LibreChatFiles.Uploaded;
import chat.switchboard.ops.JwtSecretConfig;
import chat.switchboard.support.FakeLibreChatFiles;
import chat.switchboard.support.FakeLibreChatFiles.Mood;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class LibreChatFilesTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final String USER = "0123456789abcdef01234567";
  private static final String ID = "5b0cbd9a-1f0e-5a2b-8c3d-0123456789ab";

  private final FakeLibreChatFiles libreChat = FakeLibreChatFiles.start(VERTX);
  private final LibreChatFiles files = files(Optional.of(libreChat.url() + "/"));

  @AfterEach
  void close() {
    libreChat.close();
  }

  @AfterAll
  static void closeVertx() {
    VERTX.close();
  }

  @Test
  void a_picture_is_uploaded_with_its_sizes_in_the_owners_name() {
    Uploaded.Stored stored =
        (Uploaded.Stored) upload("фото 100%+1.png", "image/png", 40, 30, 500_000);

    FakeLibreChatFiles.Upload seen = libreChat.uploads().get(0);
    assertThat(seen.path()).isEqualTo("/api/files/images");
    assertThat(seen.user()).isEqualTo(USER);
    assertThat(seen.fields())
        .containsEntry("endpoint", "agents")
        .containsEntry("message_file", "true")
        .containsEntry("width", "40")
        .containsEntry("height", "30")
        .containsEntry("file_id", ID);
    assertThat(seen.fileName()).isEqualTo("фото 100%+1.png");
    assertThat(seen.content().length()).isEqualTo(500_000);
    assertThat(stored.path()).startsWith("/images/" + USER);
    assertThat(stored.type()).isEqualTo("image/png");
    assertThat(stored.width()).isEqualTo(OptionalInt.of(40));
    assertThat(stored.source()).isEqualTo("local");
  }

  @Test
  void another_file_goes_without_sizes() {
    assertThat(upload("a.pdf", "application/pdf", 0, 0, 10)).isInstanceOf(Uploaded.Stored.class);
    FakeLibreChatFiles.Upload seen = libreChat.uploads().get(0);
    assertThat(seen.path()).isEqualTo("/api/files");
    assertThat(seen.fields()).doesNotContainKeys("width", "height");
  }

  @ParameterizedTest
  @CsvSource({
    "text/vcard, Refused",
    "audio/amr, Refused",
    "application/octet-stream, Refused",
    "text/csv, Stored",
    "audio/ogg, Stored",
  })
  void a_type_that_librechat_does_not_take_is_refused(String type, String outcome) {
    assertThat(upload("x", type, 0, 0, 10).getClass().getSimpleName()).isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "DROPS, TryLater",
    "UNAVAILABLE, TryLater",
    "NO_JSON, Refused",
    "TOO_MUCH, TryLater",
    "ODD_PATH, Refused",
    "REFUSES_EARLY, Refused",
  })
  void each_fault_has_its_outcome(Mood mood, String outcome) {
    libreChat.mood = mood;
    assertThat(upload("x.png", "image/png", 4, 3, 1_000).getClass().getSimpleName())
        .isEqualTo(outcome);
  }

  @Test
  void without_librechats_address_nothing_is_uploaded() {
    assertThat(
            files(Optional.empty())
                .upload(upload("x.png", "image/png", 4, 3, Multi.createFrom().empty(), 0))
                .await()
                .indefinitely())
        .isEqualTo(new Uploaded.NotThere());
  }

  @Test
  void a_source_that_breaks_is_no_whole_file() {
    Multi<Buffer> broken =
        Multi.createBy()
            .concatenating()
            .streams(
                Multi.createFrom().item(Buffer.buffer("half")),
                Multi.createFrom().failure(new IllegalStateException("x")));
    assertThat(done(files.upload(upload("x.png", "image/png", 4, 3, broken, 100))))
        .isInstanceOf(Uploaded.TryLater.class);
    assertThat(libreChat.uploads()).isEmpty();
  }

  @Test
  void a_file_is_deleted_and_downloaded(@TempDir Path folder) throws Exception {
    assertThat(done(files.delete(USER, "f1", "/images/x.png", "local"))).isTrue();
    assertThat(libreChat.deletions().get(0).getJsonArray("files").getJsonObject(0).getMap())
        .containsEntry("file_id", "f1")
        .containsEntry("filepath", "/images/x.png")
        .containsEntry("source", "local");

    libreChat.has(USER, "f1", new byte[300_000]);
    Path target = folder.resolve("x");
    assertThat(download(USER, "f1", target, 1_000_000))
        .isEqualTo(
            new Downloaded.Received(
                300_000,
                Optional.of("application/octet-stream"),
                Optional.of("attachment; filename=\"x.png\"")));
    assertThat(Files.size(target)).isEqualTo(300_000);
    assertThat(download(USER, "f1", target, 1_000)).isEqualTo(new Downloaded.TooLarge());
    assertThat(download(USER, "unknown", target, 1_000)).isInstanceOf(Downloaded.Missing.class);
    assertThat(download(USER, "../../secrets", target, 1_000))
        .isInstanceOf(Downloaded.Missing.class);
  }

  private Downloaded download(String user, String id, Path target, long largest) throws Exception {
    AsyncFile sink =
        VERTX
            .fileSystem()
            .open(target.toString(), new OpenOptions().setTruncateExisting(true))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    Downloaded outcome = done(files.download(user, id, sink, largest));
    sink.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return outcome;
  }

  private Uploaded upload(String name, String type, int width, int height, int bytes) {
    Multi<Buffer> parts =
        Multi.createFrom()
            .range(0, (bytes + 49_999) / 50_000)
            .map(i -> Buffer.buffer(new byte[Math.min(50_000, bytes - i * 50_000)]));
    return done(files.upload(upload(name, type, width, height, parts, bytes)));
  }

  private static Upload upload(
      String name, String type, int width, int height, Multi<Buffer> parts, long bytes) {
    return new Upload(
        ID, USER, "agents", Optional.empty(), name, type, width, height, bytes, parts);
  }

  private static LibreChatFiles files(Optional<String> url) {
    return new LibreChatFiles(
        new LibreChatHttp(
            settings(LibreChatConfig.class, url),
            settings(JwtSecretConfig.class, Optional.of("test-secret-".repeat(6))),
            Clock.systemUTC(),
            VERTX));
  }

  /** Settings of which the tested classes ask for one alone. */
  private static <T> T settings(Class<T> type, Optional<String> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "librechatUrl", "jwtSecret" -> answer;
                  default -> throw new UnsupportedOperationException(method.getName());
                }));
  }

  private static <T> T done(Uni<T> work) {
    return work.await().atMost(Duration.ofSeconds(70));
  }
}
