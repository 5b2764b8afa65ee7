package chat.switchboard.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.support.FreePort;
import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.RawHttp;
import chat.switchboard.support.Smuggling;
import chat.switchboard.support.TestDatabase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks on the packaged service, and what operators see of the attacks. */
class HardeningIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static DatabaseForReplicas database;
  private static Replica replica;
  private static int management;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    database = new DatabaseForReplicas();
    management = FreePort.next();
    replica =
        Replica.start(
            database.uri(),
            "-Dswitchboard.management.port=" + management,
            "-Dswitchboard.log.json=true");
    await()
        .atMost(Duration.ofMinutes(4))
        .ignoreExceptions()
        .until(() -> status(managementUrl("/q/health/ready")) == 200);
  }

  @AfterAll
  static void stop() {
    if (database != null) {
      replica.close();
      database.close();
    }
  }

  @Test
  void health_and_metrics_are_on_the_management_port_and_nothing_else_is() throws Exception {
    for (String path : List.of("/q/health", "/q/health/live", "/q/health/ready", "/q/metrics")) {
      assertThat(status(managementUrl(path))).as(path).isEqualTo(200);
      assertThat(status(replica.url(path))).as(path).isEqualTo(404);
    }
    for (String path : List.of("/api/inbox", "/api/messages/stream", "/q/openapi", "/")) {
      assertThat(status(managementUrl(path))).as(path).isEqualTo(404);
    }
    // Nor by another way of writing the same address.
    for (String path :
        List.of(
            "/q/./health",
            "//q/health",
            "/q/x/../metrics",
            "/%71/health",
            "/q/metrics;a",
            "/q/metrics%3Ba",
            "/q;a/metrics",
            "/q%3Ba/health",
            "/q%2Fhealth",
            "/q%5Cmetrics",
            "/q/health%2Flive",
            "/q/./%68ealth")) {
      assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")).as(path).contains(" 404 ");
    }
  }

  @Test
  void a_message_has_one_line_with_its_id_and_without_its_words_or_number() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    HttpResponse<String> answer =
        post(
            "/api/messages/" + conversation + "/external",
            "{\"role\":\"external\",\"content\":\"Quite secret words\",\"metadata\":"
                + "{\"source\":\"sms\",\"phoneNumber\":\"+15551234567\"}}");
    assertThat(answer.statusCode()).isEqualTo(201);
    String id = JSON.readTree(answer.body()).path("messageId").asText();
    await().until(() -> lines("messageId", id).size() == 1);
    JsonNode line = lines("messageId", id).get(0);
    assertThat(line.path("logger").asText()).isEqualTo("chat.switchboard.road");
    assertThat(line.path("message").asText()).contains(id, conversation, "sms");
    assertThat(Files.readString(replica.log))
        .doesNotContain("Quite secret words")
        .doesNotContain("5551234567");
  }

  @Test
  void input_from_outside_forges_no_log_line() throws Exception {
    String forged = "{\\\"level\\\":\\\"FORGED\\\"}";
    post(
        "/api/messages/external",
        "{\"role\":\"external\",\"content\":\"x\",\"from\":\"Eve\\n" + forged + "\\n\"}");
    raw("GET /api/x%0d%0a{%22level%22:%22FORGED%22}%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n");
    raw("GET /api/inbox HTTP/1.1\r\nHost: a\r\nX-Internal-API-Key: a\r\n b\r\n\r\n");
    assertThat(Files.readAllLines(replica.log))
        .filteredOn(line -> line.startsWith("{"))
        .noneMatch(line -> parse(line).path("level").asText().equals("FORGED"));
  }

  @Test
  void strangers_requests_leave_no_private_data_and_no_stack_trace_in_the_log() throws Exception {
    String token = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjY1NGEifQ.c2VjcmV0LXNpZ25hdHVyZQ";
    int before = Files.readAllLines(replica.log).size();
    int requests = 0;
    for (String path :
        List.of(
            "/api/people/+12025550143",
            "/api/people/%2B12025550143",
            "/api/messages/stream?token=" + token,
            "/api/messages/stream%3Ftoken=" + token,
            "/api/messages/stream?token=" + token + "&conversationId=%zz",
            "/q/health/group/" + token,
            "/?%zz&token=" + token,
            "/+12025550143")) {
      for (String method : List.of("GET", "DELETE", "POST", "INVENTED")) {
        for (int i = 0; i < 10; i++, requests++) {
          assertThat(raw(method + " " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"))
              .as("%s %s", method, path)
              .matches("(?s)HTTP/1.1 (4..|501) .*");
        }
      }
    }
    // No bytes of HTTP at all; a preface of HTTP/2 that goes on with something else.
    raw("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\r\n\r\n");
    raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n" + token);
    raw("GET " + "/x?token=" + token + " HTTP/9.9\r\n\r\n");
    raw("GET /x?token=" + token + "\u0000 HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n");
    List<String> lines = Files.readAllLines(replica.log);
    assertThat(lines)
        .noneMatch(line -> line.contains("2025550143"))
        .noneMatch(line -> line.contains(token.substring(0, 20)))
        .noneMatch(line -> line.contains("c2VjcmV0"))
        .noneMatch(line -> line.contains("\tat "));
    assertThat(lines.size() - before).isLessThanOrEqualTo(2 * requests);
  }

  @Test
  void every_answer_carries_the_headers_that_browsers_need() throws Exception {
    HttpResponse<String> answer = get(replica.url("/api/messages/stream"));
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    assertThat(answer.headers().allValues("Content-Security-Policy"))
        .containsExactly("default-src 'none'; frame-ancestors 'none'");
    assertThat(answer.headers().map()).doesNotContainKey("server");
  }

  @Test
  void depth_bombs_and_giants_are_refused_and_the_service_lives() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    String door = "/api/messages/" + conversation + "/external";
    String deep = "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000);
    assertThat(
            post(door, "{\"role\":\"external\",\"content\":\"x\",\"metadata\":" + deep + "}")
                .statusCode())
        .isEqualTo(400);

    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 100; i++) {
        zip.write(zeros);
      }
    }
    HttpRequest zipped =
        authorized(door)
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bomb.toByteArray()))
            .build();
    assertThat(Http.CLIENT.send(zipped, HttpResponse.BodyHandlers.discarding()).statusCode())
        .isIn(400, 415);

    assertThat(
            raw("GET /api/inbox HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(2_000_000) + "\r\n\r\n"))
        .contains(" 431 ");
    assertThat(raw("GET /api/messages/stream?token=" + "a".repeat(200_000) + " HTTP/1.1\r\n\r\n"))
        .contains(" 414 ");
    assertThat(post(door, "x".repeat(300 * 1024)).statusCode()).isEqualTo(413);
    assertThat(status(managementUrl("/q/health/ready"))).isEqualTo(200);
  }

  /** Two hundred senders that send a byte now and then; others are served all the while. */
  @Test
  void slow_senders_are_let_go_and_delay_nobody() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket("127.0.0.1", replica.port);
        socket
            .getOutputStream()
            .write(
                ("POST /api/twilio/webhook HTTP/1.1\r\nHost: a\r\nContent-Type:"
                        + " application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nB=")
                    .getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      long begin = System.nanoTime();
      HttpResponse<String> answer =
          post(
              "/api/messages/" + conversation + "/external",
              "{\"role\":\"external\",\"content\":\"In between\"}");
      assertThat(answer.statusCode()).isEqualTo(201);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
      // Twenty seconds for a body, and something for a machine that does much else.
      await()
          .atMost(Duration.ofSeconds(45))
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                drip(slow);
                return slow.stream().allMatch(HardeningIT::isClosed);
              });
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void no_request_hides_in_the_body_of_another() throws Exception {
    String conversation = database.libreChat.conversation(database.owner);
    for (Map.Entry<String, String> one : Smuggling.connections(conversation).entrySet()) {
      RawHttp.Conversation talk =
          RawHttp.exchange(replica.port, one.getValue(), Duration.ofSeconds(5));
      assertThat(talk.statuses().size()).as(one.getKey()).isLessThanOrEqualTo(1);
      assertThat(talk.statuses()).as(one.getKey()).allMatch(status -> status >= 400);
      assertThat(talk.closed()).as(one.getKey()).isTrue();
    }
    assertThat(database.libreChat.messages(conversation, database.owner))
        .noneMatch(message -> Smuggling.HIDDEN.equals(message.getString("text")));
  }

  /** The port for operators reads the same kinds of requests. */
  @Test
  void the_management_port_takes_no_unknown_transfer_encoding() throws Exception {
    for (String value : List.of("chunked, xchunked", "identity", "gzip, chunked")) {
      RawHttp.Conversation talk =
          RawHttp.exchange(
              management,
              "GET /q/health/live HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                  + value
                  + "\r\n\r\n0\r\n\r\nGET /q/metrics HTTP/1.1\r\nHost: a\r\n\r\n",
              Duration.ofSeconds(5));
      assertThat(talk.statuses()).as(value).containsExactly(400);
      assertThat(talk.closed()).as(value).isTrue();
    }
  }

  @Test
  void an_open_stream_is_no_slow_sender() throws Exception {
    String token = LibreChat.token(database.owner, Duration.ofHours(1));
    try (chat.switchboard.support.Browser browser =
        chat.switchboard.support.Browser.at(replica.url(""), "?token=" + token).connected()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> browser.comments().stream().filter("keep-alive"::equals).count() >= 2);
      assertThat(browser.ended()).isFalse();
    }
  }

  private static void drip(List<Socket> sockets) {
    for (Socket socket : sockets) {
      try {
        socket.getOutputStream().write('a');
      } catch (IOException letGo) {
        // That is what is waited for.
      }
    }
  }

  private static boolean isClosed(Socket socket) {
    try {
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", replica.port)) {
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
      try {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException refusedHalfWay) {
        // The answer may be there all the same.
      }
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[4096];
      int read = in.read(buffer);
      return read < 0 ? "" : new String(buffer, 0, read, StandardCharsets.ISO_8859_1);
    }
  }

  private static List<JsonNode> lines(String field, String value) throws IOException {
    return Files.readAllLines(replica.log).stream()
        .filter(line -> line.startsWith("{"))
        .map(HardeningIT::parse)
        .filter(line -> line.path(field).asText().equals(value))
        .toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException half) {
      return JSON.createObjectNode();
    }
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return Http.CLIENT.send(
        authorized(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder authorized(String path) {
    return HttpRequest.newBuilder(URI.create(replica.url(path)))
        .timeout(Duration.ofSeconds(20))
        .header("Content-Type", "application/json")
        .header("X-Internal-API-Key", TestDatabase.API_KEY);
  }

  private HttpResponse<String> get(String url) throws Exception {
    return Http.CLIENT.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int status(String url) throws Exception {
    return Http.CLIENT
        .send(
            HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String managementUrl(String path) {
    return "http://127.0.0.1:" + management + path;
  }
}
