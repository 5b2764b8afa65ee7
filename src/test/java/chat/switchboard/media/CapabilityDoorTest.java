package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.ProblemWriter;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The door with a database, without the container. */
@Tag("unit")
class CapabilityDoorTest {

  private static final MediaDatabase DATABASE = new MediaDatabase();
  private static final Vertx VERTX = Vertx.vertx();
  private static final int SIZE = 600_000;
  private static final byte[] CONTENT = MediaStoreTest.content(SIZE);

  private final MediaDatabase.Clock clock = new MediaDatabase.Clock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MediaStore store =
      new MediaStore(DATABASE.items(), MediaDatabase.config(), clock, meters);
  private final MediaBytes bytes = new MediaBytes(DATABASE.database());
  private final Capabilities capabilities =
      new Capabilities(new CapabilityStore(DATABASE.items(), clock), MediaDatabase.secret(), clock);
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;
  private String capability;

  @BeforeEach
  void start() throws Exception {
    Router router = Router.router(VERTX);
    new CapabilityDoor(capabilities, bytes, new ProblemWriter(new ObjectMapper()), meters)
        .mount(router);
    server =
        VERTX
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    done(DATABASE.items().deleteMany(new org.bson.Document()));
    done(bytes.delete("content"));
    done(bytes.store("content", MediaStoreTest.parts(CONTENT, 64 * 1024)));
    capability = serve(ContentType.PNG, true, "фото 1.png");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @AfterAll
  static void close() {
    DATABASE.close();
    VERTX.close();
  }

  @Test
  void the_file_is_served_whole_with_headers_that_let_it_do_nothing() throws Exception {
    HttpResponse<byte[]> answer = get(capability);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(CONTENT);
    assertThat(header(answer, "Content-Type")).isEqualTo("image/png");
    assertThat(header(answer, "Content-Length")).isEqualTo("" + SIZE);
    assertThat(header(answer, "Content-Disposition"))
        .isEqualTo(
            "inline; filename=\"____ 1.png\"; filename*=UTF-8''%D1%84%D0%BE%D1%82%D0%BE%201.png");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "Content-Security-Policy")).contains("default-src 'none'", "sandbox");
    assertThat(header(answer, "Cache-Control")).startsWith("private");
    assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(downloads("sent")).isEqualTo(1);
  }

  @Test
  void head_tells_type_and_length_without_the_bytes() throws Exception {
    HttpResponse<byte[]> answer =
        send(request(capability).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(header(answer, "Content-Length")).isEqualTo("" + SIZE);
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 206, 0, 0",
    "bytes=0-, 206, 0, 599999",
    "bytes=599999-, 206, 599999, 599999",
    "bytes=261119-261120, 206, 261119, 261120",
    "bytes=100-999999999, 206, 100, 599999",
    "bytes=-1, 206, 599999, 599999",
    "bytes=-999999999, 206, 0, 599999",
    "BYTES = 5-6, 206, 5, 6",
    "bytes=600000-, 416, 0, 0",
    "bytes=-0, 416, 0, 0",
    "'bytes=0-1,5-6', 200, 0, 599999",
    "bytes=6-5, 200, 0, 599999",
    "bytes=a-b, 200, 0, 599999",
    "bytes=-, 200, 0, 599999",
    "lines=0-1, 200, 0, 599999",
    "bytes=99999999999999999999-, 200, 0, 599999",
  })
  void a_single_range_is_served(String range, int status, int from, int to) throws Exception {
    HttpResponse<byte[]> answer = send(request(capability).header("Range", range));
    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 416) {
      assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + SIZE);
      return;
    }
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(CONTENT, from, to + 1));
    if (status == 206) {
      assertThat(header(answer, "Content-Range"))
          .isEqualTo("bytes " + from + "-" + to + "/" + SIZE);
    }
  }

  @Test
  void a_range_of_another_version_and_an_unchanged_file() throws Exception {
    String tag = header(get(capability), "ETag");
    assertThat(
            send(request(capability).header("Range", "bytes=0-1").header("If-Range", "\"other\""))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            send(request(capability).header("Range", "bytes=0-1").header("If-Range", tag))
                .statusCode())
        .isEqualTo(206);
    assertThat(send(request(capability).header("If-None-Match", tag)).statusCode()).isEqualTo(304);
  }

  @ParameterizedTest
  @EnumSource(ContentType.class)
  void only_a_picture_is_inline_and_no_type_can_run(ContentType type) throws Exception {
    HttpResponse<byte[]> answer = get(serve(type, true, "x." + type.extension()));
    String disposition = header(answer, "Content-Disposition");
    assertThat(disposition).startsWith(type.isPicture() ? "inline" : "attachment");
    assertThat(header(answer, "Content-Type"))
        .doesNotContain("html", "svg", "xml;", "javascript")
        .doesNotEndWith("/xml");
  }

  @Test
  void a_picture_with_a_doubt_is_a_download() throws Exception {
    assertThat(header(get(serve(ContentType.PNG, false, "x.png")), "Content-Disposition"))
        .startsWith("attachment");
  }

  @Test
  void an_unknown_a_malformed_and_an_ended_capability_have_one_answer() throws Exception {
    String ending =
        done(capabilities.grant("PNGtrue", Optional.of(Duration.ofHours(24)))).orElseThrow();
    assertThat(get(ending).statusCode()).isEqualTo(200);
    clock.turn(Duration.ofHours(25));
    HttpResponse<byte[]> ended = get(ending);
    HttpResponse<byte[]> unknown = get("A".repeat(43));
    HttpResponse<byte[]> malformed = get("..%2F..%2Fetc");

    assertThat(ended.statusCode()).isEqualTo(404);
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(malformed.statusCode()).isEqualTo(404);
    assertThat(ended.body()).isEqualTo(unknown.body()).isEqualTo(malformed.body());
    assertThat(header(ended, "Cache-Control")).isEqualTo("no-store");
    assertThat(downloads("unknown")).isEqualTo(3);
  }

  @Test
  void a_file_with_a_hole_breaks_the_connection() throws Exception {
    done(bytes.delete("content"));
    done(bytes.store("content", MediaStoreTest.parts(Arrays.copyOf(CONTENT, 300_000), 64 * 1024)));
    boolean isWhole;
    try {
      isWhole = get(capability).body().length == SIZE;
    } catch (java.io.IOException broken) {
      isWhole = false;
    }
    assertThat(isWhole).isFalse();
  }

  private String serve(ContentType type, boolean isShown, String name) {
    MediaItem item = MediaStoreTest.item(type.name() + isShown);
    done(store.add(item));
    MediaItem claimed = done(store.claim(item.id, Duration.ofMinutes(1))).orElse(null);
    if (claimed != null) {
      done(
          store.fetched(
              claimed,
              new Inspection(
                  type,
                  isShown,
                  Optional.empty(),
                  0,
                  0,
                  Cleaning.Location.NONE,
                  SIZE,
                  "0123456789abcdef"),
              name,
              "content"));
    }
    return done(capabilities.grant(item.id, Optional.empty())).orElseThrow();
  }

  private double downloads(String outcome) {
    return meters.get("switchboard.media.downloads").tag("outcome", outcome).counter().count();
  }

  private HttpRequest.Builder request(String capability) {
    return HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:" + server.actualPort() + "/switchboard/media/" + capability))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<byte[]> get(String capability) throws Exception {
    return send(request(capability));
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static <T> T done(Uni<T> work) {
    return work.await().atMost(Duration.ofSeconds(60));
  }
}
