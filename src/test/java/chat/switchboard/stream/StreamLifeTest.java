package chat.switchboard.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.ops.MachineTime;
import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the first byte of a stream to its last. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(StreamLifeTest.ShortLife.class)
class StreamLifeTest {

  private static final String ORIGIN = "https://app.example.com";

  public static class ShortLife implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.stream.lifetime", "8s",
          "switchboard.stream.max-total", "25",
          "switchboard.limits.in-flight", "4096",
          "quarkus.http.cors.enabled", "true",
          "quarkus.http.cors.origins", ORIGIN);
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(ClockThatRunsAhead.class);
    }
  }

  /** This machine's clock, ahead of the clock that the check of the token reads. */
  @Alternative
  @MachineTime
  @Singleton
  public static class ClockThatRunsAhead extends Clock {
    static volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String user;

  @BeforeEach
  void aUser() {
    user = libreChat.user();
  }

  @AfterEach
  void close() {
    libreChat.close();
    await().until(() -> metric("switchboard_streams_active") == 0);
  }

  @Test
  void a_stream_ends_when_it_has_lasted_long_enough_and_says_when_to_come_back() {
    double before = metric("switchboard_streams_closed_total{reason=\"lifetime\"}");
    long begun = System.nanoTime();
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      await().until(browser::ended);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThan(Duration.ofMillis(6_500));
      assertThat(Integer.parseInt(browser.retry())).isGreaterThanOrEqualTo(3_000);
      assertThat(browser.events()).isEmpty();
    }
    await()
        .until(() -> metric("switchboard_streams_closed_total{reason=\"lifetime\"}") == before + 1);
  }

  @Test
  void a_stream_ends_when_its_token_does_and_not_before() {
    long expiresAt = (System.currentTimeMillis() / 1_000 + 6) * 1_000;
    Duration life = Duration.ofMillis(expiresAt - System.currentTimeMillis());
    try (Browser browser = Browser.open(LibreChat.token(user, life)).connected()) {
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(() -> browser.events().stream().anyMatch(e -> e.name().equals("tokenExpired")));
      assertThat(System.currentTimeMillis()).isBetween(expiresAt, expiresAt + 5_000);
    }
  }

  /** By a later id the events of the first seconds would count as heard. */
  @Test
  void the_first_id_of_a_stream_has_the_time_of_the_database() {
    ClockThatRunsAhead.ahead = Duration.ofSeconds(4);
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      await().until(() -> browser.lastId() != null);
      assertThat(EventId.parse(browser.lastId()).orElseThrow().at())
          .isLessThan(System.currentTimeMillis() + 2_000);
    } finally {
      ClockThatRunsAhead.ahead = Duration.ZERO;
    }
  }

  @Test
  void a_token_that_ends_between_its_check_and_the_first_byte_opens_nothing() {
    String token = LibreChat.token(user);
    // The check of the token reads the machine's clock and accepts the token; by the test's clock
    // the token has expired.
    ClockThatRunsAhead.ahead = Duration.ofMinutes(16);
    try {
      given().queryParam("token", token).get("/api/messages/stream").then().statusCode(401);
    } finally {
      ClockThatRunsAhead.ahead = Duration.ZERO;
    }
    try (Browser browser = Browser.open(token).connected()) {
      assertThat(browser.ended()).isFalse();
    }
  }

  @Test
  void the_streams_of_a_deleted_account_end() {
    double before = metric("switchboard_streams_closed_total{reason=\"account\"}");
    boolean[] ended = new boolean[1];
    await()
        .until(
            () -> {
              try (Browser browser = Browser.open(LibreChat.token(user))) {
                if (browser.response().statusCode() == 401) {
                  return true;
                }
                browser.connected();
                if (!ended[0]) {
                  ended[0] = true;
                  libreChat
                      .collection("users")
                      .updateOne(
                          new Document("_id", new ObjectId(user)),
                          new Document(
                              "$set", new Document("agentTriggerDeletionStartedAt", new Date())));
                }
                await().until(browser::ended);
                return metric("switchboard_streams_closed_total{reason=\"account\"}") > before;
              }
            });
  }

  @Test
  void a_stream_works_over_http2() {
    String conversation = libreChat.conversation(user);
    try (Browser browser = Browser.overHttp2(LibreChat.token(user)).connected()) {
      assertThat(browser.response().version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(browser.response().headers().firstValue("content-type"))
          .hasValue("text/event-stream;charset=UTF-8");
      browser.heard(inject(conversation, "Hello"));
    }
  }

  @Test
  void another_origin_may_listen_where_it_is_allowed_to() {
    try (Browser browser =
        Browser.get("?token=" + LibreChat.token(user), "X-Nothing", "-", "Origin", ORIGIN)) {
      assertThat(browser.response().headers().firstValue("access-control-allow-origin"))
          .hasValue(ORIGIN);
    }
    given()
        .header("Origin", "https://evil.example.com")
        .queryParam("token", LibreChat.token(user))
        .get("/api/messages/stream")
        .then()
        .statusCode(403);
  }

  @Test
  void a_client_that_vanishes_is_noticed() throws Exception {
    double before = metric("switchboard_streams_closed_total{reason=\"client\"}");
    List<Socket> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(listen(LibreChat.token(user)));
    }
    await().until(() -> metric("switchboard_streams_active") == 20);
    for (Socket client : clients) {
      // A reset, as of a machine that forgot the connection.
      client.setSoLinger(true, 0);
      client.close();
    }
    await().until(() -> metric("switchboard_streams_active") == 0);
    assertThat(metric("switchboard_streams_closed_total{reason=\"client\"}"))
        .isEqualTo(before + 20);
  }

  @Test
  void headers_of_two_megabytes_are_refused() throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      try {
        out.write("GET /api/messages/stream HTTP/1.1\r\nHost: x\r\n".getBytes());
        byte[] line = ("X-Long: " + "a".repeat(4_000) + "\r\n").getBytes();
        for (int i = 0; i < 525; i++) {
          out.write(line);
        }
        out.write("\r\n".getBytes());
        out.flush();
      } catch (IOException cutOff) {
        // Refused before all of it was sent.
      }
      String status;
      try {
        status = in.readLine();
      } catch (IOException reset) {
        status = null;
      }
      assertThat(status)
          .satisfiesAnyOf(
              none -> assertThat(none).isNull(), some -> assertThat(some).startsWith("HTTP/1.1 4"));
    }
    given().get("/q/health/live").then().statusCode(200);
  }

  @Test
  void more_streams_than_there_may_be_are_refused() {
    List<Browser> open = new ArrayList<>();
    try {
      for (int i = 0; i < 25; i++) {
        open.add(Browser.open(LibreChat.token(i < 20 ? user : libreChat.user())).connected());
      }
      given()
          .queryParam("token", LibreChat.token(libreChat.user()))
          .get("/api/messages/stream")
          .then()
          .statusCode(503)
          .header("Retry-After", "5")
          .body("error", equalTo("Too many streams are open at this service; try again later"));
    } finally {
      open.forEach(Browser::close);
    }
  }

  @Test
  void figures_tell_of_the_streams() {
    String conversation = libreChat.conversation(user);
    double opened = metric("switchboard_streams_opened_total");
    double events = metric("switchboard_streams_events_total");
    double replayed = metric("switchboard_streams_replayed_total");
    String place;
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      browser.heard(inject(conversation, "Hello"));
      await().until(() -> !browser.messages().isEmpty() && browser.lastId() != null);
      place = browser.events().get(0).id();
    }
    String missed = inject(conversation, "Hello again");
    try (Browser browser = Browser.get("?token=" + LibreChat.token(user), "Last-Event-ID", place)) {
      browser.heard(missed);
    }
    assertThat(metric("switchboard_streams_opened_total")).isEqualTo(opened + 2);
    assertThat(metric("switchboard_streams_events_total")).isEqualTo(events + 1);
    assertThat(metric("switchboard_streams_replayed_total")).isEqualTo(replayed + 1);
    assertThat(given().get("/q/metrics").asString())
        .contains("switchboard_streams_fanout_seconds_bucket");
  }

  private Socket listen(String token) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress("127.0.0.1", RestAssured.port));
    socket
        .getOutputStream()
        .write(
            ("GET /api/messages/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + token
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static double metric(String name) {
    return given()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String inject(String conversation, String text) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"" + text + "\"}")
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201)
        .extract()
        .path("messageId");
  }
}
