package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Answers of another service that have no end, or come too slowly. */
@Tag("unit")
class BoundedExchangeTest {

  private static final int MOST = 1024 * 1024;

  private static final Vertx VERTX = Vertx.vertx();

  private final HttpClient client =
      VERTX.createHttpClient(new HttpClientOptions().setMaxPoolSize(1));
  private final AtomicLong written = new AtomicLong();
  private final AtomicBoolean broken = new AtomicBoolean();
  private ServerSocket server;
  private volatile int pauseMillis;
  private volatile boolean silent;
  private volatile String headers = "";

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "endless");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    client.close();
  }

  @AfterAll
  static void stopVertx() {
    VERTX.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.getInputStream().read(new byte[4096]);
        OutputStream out = socket.getOutputStream();
        if (silent) {
          socket.getInputStream().read();
          broken.set(true);
          continue;
        }
        out.write(("HTTP/1.1 200 OK\r\n" + headers + "\r\n").getBytes(StandardCharsets.US_ASCII));
        byte[] chunk = "x".repeat(pauseMillis > 0 ? 1 : 16_384).getBytes(StandardCharsets.US_ASCII);
        while (true) {
          out.write(chunk);
          out.flush();
          written.addAndGet(chunk.length);
          if (pauseMillis > 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(pauseMillis * 1_000_000L);
          }
        }
      } catch (IOException gone) {
        broken.set(true);
      }
    }
  }

  @Test
  void an_answer_without_an_end_is_given_up_at_its_bound() {
    assertThatThrownBy(() -> send(Duration.ofSeconds(20))).hasMessageContaining("larger than");
    await().untilTrue(broken);
    assertThat(written.get()).isLessThan(16L * MOST);
  }

  @Test
  void an_answer_that_drips_is_given_up_when_its_time_is_over_and_nothing_more_is_read() {
    pauseMillis = 20;
    assertThatThrownBy(() -> send(Duration.ofMillis(500)))
        .isInstanceOf(io.smallrye.mutiny.TimeoutException.class);
    await().untilTrue(broken);
  }

  @Test
  void a_service_that_says_nothing_is_given_up_and_its_connection_closed() {
    silent = true;
    assertThatThrownBy(() -> send(Duration.ofMillis(500)))
        .isInstanceOf(io.smallrye.mutiny.TimeoutException.class);
    await().untilTrue(broken);
  }

  @Test
  void an_endless_head_is_given_up() {
    headers = "X: " + "x".repeat(100_000) + "\r\n";
    assertThatThrownBy(() -> send(Duration.ofSeconds(20))).isNotNull();
    await().untilTrue(broken);
  }

  @Test
  void an_exchange_that_waited_for_a_connection_beyond_its_time_is_never_sent() {
    silent = true;
    assertThatThrownBy(() -> send(Duration.ofMillis(800))).isNotNull();
    assertThatThrownBy(() -> send(Duration.ofMillis(200))).isNotNull();
    await().untilTrue(broken);
  }

  private BoundedExchange.Answer send(Duration within) {
    return BoundedExchange.send(
            client,
            new RequestOptions().setAbsoluteURI("http://127.0.0.1:" + server.getLocalPort() + "/"),
            null,
            within,
            MOST)
        .await()
        .atMost(Duration.ofSeconds(30));
  }
}
