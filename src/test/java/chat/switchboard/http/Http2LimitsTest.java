package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.LogLines;
import chat.switchboard.support.RawHttp;
import chat.switchboard.support.RawHttp2;
import chat.switchboard.support.RawHttp2.Frame;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits of one HTTP/2 connection. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class Http2LimitsTest {

  private static final int LIMIT = 100;

  @Inject MeterRegistry meters;

  private final LogLines failures = LogLines.of(UnexpectedFailures.class.getName());

  /** A connection that ends before the bodies on it is the client's doing. */
  @AfterEach
  void nothingFailedUnexpectedly() {
    failures.close();
    assertThat(failures.texts()).isEmpty();
  }

  /**
   * Empty where the setting is missing: the server's frames do not show that, since Netty's default
   * is the same number.
   */
  @ConfigProperty(name = "quarkus.http.limits.max-concurrent-streams")
  OptionalInt limit;

  @Test
  void the_limit_of_streams_is_our_own_setting_and_the_one_that_the_server_announces()
      throws IOException {
    assertThat(limit).hasValue(LIMIT);
    try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
      assertThat(RawHttp2.maxConcurrentStreams(connection.readUntil(type(RawHttp2.SETTINGS))))
          .isEqualTo(LIMIT);
    }
  }

  @Test
  void streams_beyond_a_hundred_are_refused_and_the_others_go_on() throws IOException {
    try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
      for (int i = 0; i < LIMIT + 50; i++) {
        connection.post(1 + 2 * i, Twilio.WEBHOOK);
      }
      connection.send(RawHttp2.PING, 0, 0, new byte[8]);
      List<Frame> frames = connection.readUntil(type(RawHttp2.PING));
      assertThat(refused(frames)).hasSize(50).allMatch(stream -> stream > 2 * LIMIT);
      assertThat(frames).noneMatch(type(RawHttp2.GOAWAY));

      // A stream that ends makes room for a new stream.
      connection.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, "Body=x".getBytes());
      assertThat(connection.readUntil(frame -> frame.type() == RawHttp2.HEADERS))
          .last()
          .extracting(Frame::stream)
          .isEqualTo(1);
      connection.post(1_001, Twilio.WEBHOOK);
      connection.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1_001, "Body=x".getBytes());
      assertThat(connection.readUntil(frame -> frame.type() == RawHttp2.HEADERS))
          .last()
          .extracting(Frame::stream)
          .isEqualTo(1_001);
    }
  }

  @Test
  void two_thousand_streams_end_their_connection_and_the_service_goes_on() throws IOException {
    long before = requests();
    try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
      sendUntilClosed(connection, 2_000, i -> connection.post(1 + 2 * i, Twilio.WEBHOOK));
      List<Frame> frames = connection.readUntil(type(RawHttp2.GOAWAY));
      assertThat(frames).last().matches(type(RawHttp2.GOAWAY));
      assertThat(frames.get(frames.size() - 1).error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
      assertThat(refused(frames)).isNotEmpty().allMatch(stream -> stream > 2 * LIMIT);
    }
    assertIsServed();
    // Each stream that was open is a request that ends with its connection.
    await().until(() -> requests() - before >= 1);
    assertThat(requests() - before).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void streams_that_are_reset_as_soon_as_they_begin_end_their_connection() throws IOException {
    try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
      sendUntilClosed(
          connection,
          1_000,
          i -> {
            connection.post(1 + 2 * i, Twilio.WEBHOOK);
            connection.send(RawHttp2.RST_STREAM, 0, 1 + 2 * i, new byte[4]);
          });
      assertThat(connection.readUntil(type(RawHttp2.GOAWAY)))
          .last()
          .extracting(Frame::error)
          .isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
    }
    assertIsServed();
  }

  @Test
  void headers_that_never_end_end_their_connection() throws IOException {
    try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
      connection.send(RawHttp2.HEADERS, 0, 1, new byte[] {(byte) 0x83, (byte) 0x86});
      // A literal of no name in the table: "x: " and as many bytes as fit.
      byte[] value = ByteBuffer.allocate(4 + 100).put((byte) 0).put((byte) 1).array();
      value[2] = 'x';
      value[3] = 100;
      Arrays.fill(value, 4, value.length, (byte) 'a');
      sendUntilClosed(connection, 20_000, i -> connection.send(RawHttp2.CONTINUATION, 0, 1, value));
      assertThat(connection.readUntil(type(RawHttp2.GOAWAY))).last().matches(type(RawHttp2.GOAWAY));
    }
    assertIsServed();
  }

  @Test
  void empty_continuations_without_end_end_their_connection() throws IOException {
    try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
      connection.send(RawHttp2.HEADERS, 0, 1, new byte[] {(byte) 0x83, (byte) 0x86});
      sendUntilClosed(
          connection, 20_000, i -> connection.send(RawHttp2.CONTINUATION, 0, 1, new byte[0]));
      assertThat(connection.readUntil(type(RawHttp2.GOAWAY))).last().matches(type(RawHttp2.GOAWAY));
    }
    assertIsServed();
  }

  /** Answers that a client does not read accumulate until the server closes the connection. */
  @Test
  void pings_and_settings_whose_answers_are_not_read_end_their_connection() throws IOException {
    for (int type : List.of(RawHttp2.PING, RawHttp2.SETTINGS)) {
      byte[] frame = new byte[type == RawHttp2.PING ? 8 : 0];
      try (RawHttp2 connection = new RawHttp2(RestAssured.port)) {
        int sent = sendUntilClosed(connection, 3_000_000, i -> connection.send(type, 0, 0, frame));
        assertThat(sent).as("frames that were taken").isLessThan(3_000_000);
      }
      assertIsServed();
    }
  }

  private interface Step {
    void send(int i) throws IOException;
  }

  /** Returns the number of steps before the server closed the connection. */
  private static int sendUntilClosed(RawHttp2 connection, int most, Step step) {
    for (int i = 0; i < most; i++) {
      try {
        step.send(i);
      } catch (IOException closed) {
        return i;
      }
    }
    return most;
  }

  private static Set<Integer> refused(List<Frame> frames) {
    return frames.stream()
        .filter(type(RawHttp2.RST_STREAM))
        .filter(frame -> frame.error() == RawHttp2.REFUSED_STREAM)
        .map(Frame::stream)
        .collect(Collectors.toSet());
  }

  private static Predicate<Frame> type(int type) {
    return frame -> frame.type() == type;
  }

  private long requests() {
    return meters.find("http.server.requests").timers().stream().mapToLong(Timer::count).sum();
  }

  private static void assertIsServed() throws IOException {
    assertThat(
            RawHttp.status(
                RestAssured.port,
                "GET /q/health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
        .isEqualTo(200);
  }
}
