package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.Resolver;
import chat.switchboard.media.FetchOutcome.Fetched;
import chat.switchboard.media.FetchOutcome.Gone;
import chat.switchboard.media.FetchOutcome.Refused;
import chat.switchboard.media.FetchOutcome.TryLater;
import chat.switchboard.support.FakeMediaServer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.streams.WriteStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fetcher against a server with every fault, without the container. */
@Tag("unit")
class MediaFetcherTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final String ACCOUNT = "AC" + "0".repeat(32);
  private static final String MESSAGE = "SM" + "1".repeat(32);
  private static final String BASE =
      "/2010-04-01/Accounts/" + ACCOUNT + "/Messages/" + MESSAGE + "/Media/";
  private static final String OWN = BASE + "ME" + "2".repeat(32);
  private static final Optional<String> SECRET = Optional.of("Basic c2VjcmV0");

  private final FakeMediaServer server = FakeMediaServer.start(VERTX);
  private final Sink sink = new Sink();
  private final AtomicInteger lookUps = new AtomicInteger();
  private List<String> addresses = List.of("127.0.0.1");
  private FetchLimits limits =
      new FetchLimits(
          1024 * 1024, Duration.ofSeconds(1), Duration.ofMillis(600), Duration.ofMillis(1_500), 3);

  @AfterEach
  void close() {
    server.close();
  }

  @AfterAll
  static void closeVertx() {
    VERTX.close();
  }

  @BeforeEach
  void aFile() {
    server.has(OWN, "image/png", "content".getBytes());
  }

  @Test
  void a_file_arrives_with_its_credentials_and_uncompressed() {
    assertThat(fetch(OWN)).isEqualTo(new Fetched(7, Optional.of("image/png"), Optional.empty()));
    assertThat(sink.content()).isEqualTo("content");
    FakeMediaServer.Seen seen = server.requests().get(0);
    assertThat(seen.authorization()).isEqualTo(SECRET.get());
    assertThat(seen.acceptEncoding()).isEqualTo("identity");
  }

  @ParameterizedTest
  @CsvSource({
    "200-none, Gone",
    "404, TryLater",
    "401, Denied",
    "403, Denied",
    "410, Gone",
    "400, Gone",
    "451, Gone",
    "204, Gone",
    "206, Gone",
    "304, Gone",
    "429, TryLater",
    "500, TryLater",
    "503, TryLater",
    "silent, TryLater",
    "stalls, TryLater",
    "trickles, TryLater",
    "drops, TryLater",
    "endless, Refused",
    "gzip, Refused",
    "loop, Refused",
    "grows, Refused",
    "nowhere, Refused",
    "identity, Fetched",
    "named, Fetched",
  })
  void each_fault_has_its_outcome(String trap, String outcome) {
    boolean isFresh = !trap.equals("200-none");
    assertThat(fetch(anyPath(), "/cdn/" + trap, isFresh).getClass().getSimpleName())
        .isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "claims-huge, Refused",
    "claims-absurd, TryLater",
    "shorter, TryLater",
    "longer, Fetched",
    "cut-chunked, TryLater",
    "no-http, TryLater",
    "huge-head, TryLater",
    "closes, TryLater",
  })
  void each_broken_answer_has_its_outcome(String trap, String outcome) {
    MediaAddress address = new MediaAddress("http", "cdn.example", server.rawPort(), "/" + trap);
    assertThat(fetch(anyPath(), address, true).getClass().getSimpleName()).isEqualTo(outcome);
    if (outcome.equals("Fetched")) {
      assertThat(sink.content()).isEqualTo("four");
    }
  }

  @Test
  void a_server_that_falls_silent_in_the_middle_is_left_at_once() {
    limits =
        new FetchLimits(
            1024, Duration.ofSeconds(1), Duration.ofMillis(600), Duration.ofSeconds(30), 3);
    assertThat(((TryLater) fetch(anyPath(), "/x/stalls", true)).cause())
        .startsWith("The connection to the server of the file broke off");
  }

  @Test
  void a_file_that_is_not_there_yet_comes_at_the_second_attempt() {
    assertThat(fetch(anyPath(), "/x/404-then-200", true)).isInstanceOf(TryLater.class);
    assertThat(fetch(anyPath(), "/x/404-then-200", true)).isInstanceOf(Fetched.class);
    assertThat(fetch(anyPath(), "/x/missing", false)).isInstanceOf(Gone.class);
  }

  @Test
  void the_server_says_when_to_come_again() {
    assertThat(fetch(anyPath(), "/x/429", true))
        .isEqualTo(
            new TryLater(
                "The server of the file answers with status 429",
                Optional.of(Duration.ofSeconds(7))));
  }

  @Test
  void an_endless_file_is_cut_at_the_limit_and_never_whole_in_memory() {
    limits =
        new FetchLimits(
            1024 * 1024, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(10), 3);
    assertThat(fetch(anyPath(), "/x/endless", true))
        .isEqualTo(new Refused("The file is larger than 1 MiB"));
    assertThat(sink.length).isLessThanOrEqualTo(1024 * 1024);
  }

  @Test
  void a_slow_sink_slows_the_server_down() {
    sink.isFull = true;
    assertThat(fetch(anyPath(), "/x/endless", true)).isInstanceOf(TryLater.class);
    // What was sent sits in the socket buffers: the fetcher took one part and paused.
    assertThat(sink.parts).isEqualTo(1);
    assertThat(server.sent()).isLessThan(16L * 1024 * 1024);
  }

  @Test
  void names_of_other_scripts_and_types_are_read() {
    assertThat(fetch(anyPath(), "/x/named", true))
        .isEqualTo(new Fetched(1, Optional.of("image/jpeg"), Optional.of("фото.jpg")));
  }

  @Test
  void credentials_are_dropped_on_a_redirect_that_is_not_ours() {
    server.redirects(OWN, "/cdn/photo").has("/cdn/photo", "image/png", "moved".getBytes());
    assertThat(fetch(OWN)).isInstanceOf(Fetched.class);
    assertThat(server.requests().get(0).authorization()).isNotNull();
    assertThat(server.requests().get(1).authorization()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1/x",
    "http://169.254.169.254/latest/meta-data",
    "https://localhost/x",
    "https://evil.example/x",
    "//evil.example/x",
    "file:///etc/passwd",
    "https://media.twiliocdn.com@127.0.0.1/x",
  })
  void a_redirect_to_another_host_is_not_followed(String location) {
    server.redirects(OWN, location);
    assertThat(fetch(OWN)).isInstanceOf(Refused.class);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void a_redirect_to_a_listed_host_with_a_private_address_is_not_followed() {
    server.redirects(OWN, "https://media.twiliocdn.com/x");
    assertThat(fetch(OWN))
        .isEqualTo(new Refused("The host of the file has an address that is not public"));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1",
    "8.8.8.8 127.0.0.1",
    "8.8.8.8 10.0.0.1",
    "169.254.169.254",
    "::1",
    "64:ff9b::7f00:1",
  })
  void one_address_that_is_not_public_is_enough_to_refuse(String resolved) {
    addresses = List.of(resolved.split(" "));
    AllowedHosts any = new AllowedHosts(List.of("*"));
    MediaAddress address = MediaAddress.https("https://rebind.example/x").orElseThrow();
    assertThat(
            fetcher(new Names(false))
                .fetch(address, any, SECRET, true, sink)
                .await()
                .indefinitely())
        .isEqualTo(new Refused("The host of the file has an address that is not public"));
  }

  @Test
  void the_host_is_looked_up_once_and_the_connection_goes_to_the_checked_address() {
    MediaAddress address = new MediaAddress("http", "cdn.example", server.port(), "/x/named");
    assertThat(fetch(anyPath(), address, true)).isInstanceOf(Fetched.class);
    assertThat(lookUps).hasValue(1);
    assertThat(server.requests().get(0).host()).isEqualTo("cdn.example:" + server.port());
  }

  @Test
  void a_host_without_address_and_an_address_without_server_are_tried_later() {
    addresses = List.of();
    MediaAddress address = new MediaAddress("http", "cdn.example", server.port(), "/x/named");
    assertThat(fetch(anyPath(), address, true)).isInstanceOf(TryLater.class);
    addresses = List.of("127.0.0.2", "127.0.0.1");
    assertThat(fetch(anyPath(), address, true)).isInstanceOf(Fetched.class);
    MediaAddress closed = new MediaAddress("http", "cdn.example", 1, "/x");
    assertThat(fetch(anyPath(), closed, true)).isInstanceOf(TryLater.class);
  }

  @Test
  void tls_verifies_the_name_and_not_the_address(@TempDir Path folder) throws Exception {
    String keystore = folder.resolve("key.p12").toString();
    new ProcessBuilder(
            System.getProperty("java.home") + "/bin/keytool",
            "-genkeypair",
            "-alias",
            "x",
            "-keyalg",
            "EC",
            "-dname",
            "CN=cdn.example",
            "-ext",
            "SAN=dns:cdn.example",
            "-validity",
            "9",
            "-storetype",
            "PKCS12",
            "-keystore",
            keystore,
            "-storepass",
            "changeit")
        .start()
        .waitFor();
    HttpClientOptions trusting =
        MediaHttp.options(Duration.ofSeconds(5))
            .setTrustOptions(new PfxOptions().setPath(keystore).setPassword("changeit"));
    limits =
        new FetchLimits(
            1024, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(10), 3);
    try (FakeMediaServer tls = FakeMediaServer.startTls(VERTX, keystore, "changeit")) {
      MediaFetcher fetcher =
          new MediaFetcher(MediaHttp.client(VERTX, trusting), new Names(true), limits);
      for (String host : List.of("cdn.example", "other.example")) {
        MediaAddress address = new MediaAddress("https", host, tls.port(), "/x/named");
        FetchOutcome outcome =
            fetcher.fetch(address, anyPath(), SECRET, true, sink).await().indefinitely();
        assertThat(outcome)
            .isInstanceOf(host.equals("cdn.example") ? Fetched.class : TryLater.class);
      }
    }
  }

  private FetchOutcome fetch(String path) {
    TwilioMedia twilio =
        TwilioMedia.ofMessage(ACCOUNT, MESSAGE, Optional.of("http://127.0.0.1:" + server.port()));
    MediaAddress address = twilio.read("https://api.twilio.com" + path).orElseThrow();
    return fetcher(new Names(false))
        .fetch(address, twilio, SECRET, true, sink)
        .await()
        .indefinitely();
  }

  private FetchOutcome fetch(AddressPolicy policy, String path, boolean isFresh) {
    return fetch(policy, new MediaAddress("http", "cdn.example", server.port(), path), isFresh);
  }

  private FetchOutcome fetch(AddressPolicy policy, MediaAddress address, boolean isFresh) {
    return fetcher(new Names(true))
        .fetch(address, policy, SECRET, isFresh, sink)
        .await()
        .indefinitely();
  }

  private MediaFetcher fetcher(Resolver resolver) {
    return new MediaFetcher(
        MediaHttp.client(VERTX, MediaHttp.options(limits.silence())), resolver, limits);
  }

  /** A policy that admits all, for the faults of servers. */
  private static AddressPolicy anyPath() {
    return new AddressPolicy() {
      @Override
      public Admission first(MediaAddress address) {
        return Admission.PUBLIC_ONLY;
      }

      @Override
      public Admission redirect(MediaAddress address) {
        return Admission.PUBLIC_ONLY;
      }
    };
  }

  /** Resolves each name to the addresses of the test. */
  private final class Names implements Resolver {

    private final boolean admitsLoopback;

    Names(boolean admitsLoopback) {
      this.admitsLoopback = admitsLoopback;
    }

    @Override
    public Uni<List<InetAddress>> resolve(String host) {
      lookUps.incrementAndGet();
      List<InetAddress> found = new ArrayList<>();
      try {
        for (String address : addresses) {
          found.add(InetAddress.getByName(address));
        }
      } catch (java.net.UnknownHostException impossible) {
        return Uni.createFrom().failure(impossible);
      }
      return Uni.createFrom().item(found);
    }

    @Override
    public boolean admits(InetAddress address) {
      return admitsLoopback || Resolver.super.admits(address);
    }
  }

  /** Keeps the first bytes, and is full when the test says so. */
  private static final class Sink implements WriteStream<Buffer> {

    private final Buffer start = Buffer.buffer();
    private volatile long length;
    private volatile int parts;
    private volatile boolean isFull;

    String content() {
      return start.toString();
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
      return this;
    }

    @Override
    public Future<Void> write(Buffer part) {
      length += part.length();
      parts++;
      if (start.length() < 1_000) {
        start.appendBuffer(part);
      }
      return Future.succeededFuture();
    }

    @Override
    public void write(Buffer part, Handler<AsyncResult<Void>> handler) {
      write(part).onComplete(handler);
    }

    @Override
    public void end(Handler<AsyncResult<Void>> handler) {
      handler.handle(Future.succeededFuture());
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
      return this;
    }

    @Override
    public boolean writeQueueFull() {
      return isFull;
    }

    @Override
    public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
      return this;
    }
  }
}
