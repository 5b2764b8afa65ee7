package chat.switchboard.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.LogText;
import chat.switchboard.support.RawHttp;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requests of strangers create no metrics, and no private data in the log. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class HostileRequestsTest {

  private static final String MARK = "hostilemark";
  private static final String NUMBER = "2025550143";
  private static final String TOKEN =
      "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjY1NGEifQ.c2VjcmV0LXNpZ25hdHVyZS0xMjM0NQ";

  @Inject MeterRegistry meters;

  private final LibreChat libreChat = new LibreChat();
  private final LogLines log = LogLines.all();

  @AfterEach
  void close() {
    log.close();
    libreChat.close();
  }

  private static final List<String> PERIODIC =
      List.of("switchboard.jobs", "switchboard.mappings", "switchboard.media.deleted");

  @Test
  void no_label_of_any_metric_takes_a_value_from_outside() throws IOException {
    hostile("warm-up");
    Set<String> before = series();
    for (int i = 0; i < 40; i++) {
      hostile(MARK + i);
    }
    Set<String> after = series();
    assertThat(after).noneMatch(name -> name.contains(MARK) || name.contains(NUMBER));
    after.removeAll(before);
    // The periodic jobs run beside the requests, and each has the metrics of its own name.
    after.removeIf(name -> PERIODIC.stream().anyMatch(name::startsWith));
    assertThat(after).as("series that the repetitions added").hasSizeLessThan(5);
    for (Meter meter : meters.getMeters()) {
      for (Tag tag : meter.getId().getTags()) {
        assertThat(tag.getValue()).as("%s", meter.getId()).hasSizeLessThan(100);
      }
    }
  }

  /**
   * One request for each value that could become the name of a metric: method, path, header, host,
   * source, group.
   */
  private void hostile(String mark) throws IOException {
    raw(
        mark.toUpperCase(java.util.Locale.ROOT).replace('-', '_')
            + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (String path :
        List.of(
            "/" + mark,
            "/api/" + mark,
            "/api/sms/" + mark,
            "/api/messages/" + mark + "/external",
            "/api/messages/stream%3Ftoken=" + mark,
            "/api/people/" + mark,
            "/api/groups/" + mark,
            "/api/hooks/" + mark,
            "/switchboard/" + mark,
            "/switchboard//" + mark + "/../page.js",
            "/switchboard/%70age.js?" + mark,
            "/switchboard/./" + mark + "/%2e%2e/",
            "/q/" + mark,
            "/q/health/group/" + mark,
            "/q/metrics/" + mark,
            "/q/openapi?format=" + mark,
            "//" + mark + "//",
            "/%zz" + mark,
            "/?%zz" + mark)) {
      for (String method : List.of("GET", "POST", "DELETE", "OPTIONS", "TRACE", "PROPFIND")) {
        raw(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: "
                + mark
                + ".example\r\nX-Forwarded-Host: "
                + mark
                + "\r\nX-"
                + mark
                + ": 1\r\nOrigin: http://"
                + mark
                + "\r\nContent-Type: x/"
                + mark
                + "\r\nAccept: x/"
                + mark
                + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      }
    }
    raw("POST /api/" + mark + " HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n");
    String conversation = libreChat.conversation(libreChat.user());
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            "{\"role\":\"external\",\"content\":\"x\",\"metadata\":{\"source\":\""
                + mark
                + "\",\"group\":\""
                + mark
                + "\"}}")
        .post("/api/messages/{id}/external", conversation);
    Twilio.sms("Hello").set("Author", mark).set("ConversationSid", mark).arrives();
    Twilio.sms("Hello").from(mark + ":" + NUMBER).arrives();
  }

  private Set<String> series() {
    return meters.getMeters().stream()
        .map(meter -> meter.getId().getName() + meter.getId().getTags())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void an_unknown_method_is_refused_with_a_short_answer() throws IOException {
    for (String method : List.of("FOO", "PROPFIND", "get", "M-SEARCH", "X".repeat(200))) {
      String answer = raw(method + " /api/sms HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(answer).as(method).contains(" 501 ", "application/problem+json");
      assertThat(answer).as(method).hasSizeLessThan(900);
    }
  }

  @Test
  void the_log_of_a_hostile_run_has_no_number_no_token_and_no_stack_trace() throws IOException {
    log.clear();
    List<String> requests = new ArrayList<>();
    for (String path :
        List.of(
            "/api/people/+1" + NUMBER,
            "/api/people/%2B1" + NUMBER,
            "/api/people/1" + NUMBER + "/",
            "/api/people/whatsapp:+1" + NUMBER,
            "/api/people/sip%3A+1" + NUMBER + "@example.com",
            "/api/people/client:+1" + NUMBER + "-name",
            "/api/mappings?phoneNumber=+1" + NUMBER,
            "/api/+1" + NUMBER,
            "/+1" + NUMBER + "/x",
            "/api/messages/stream?token=" + TOKEN,
            "/api/messages/stream%3Ftoken=" + TOKEN,
            "/api/messages/stream%3ftoken%3d" + TOKEN,
            "/api/messages/stream/?token=" + TOKEN,
            "/api/messages/stream;token=" + TOKEN,
            "/api/messages//stream?token=" + TOKEN + "&lastEventId=%zz",
            "/api/messages/stream?conversationId=%&token=" + TOKEN,
            "/api/messages/" + TOKEN + "/external",
            "/" + TOKEN,
            "/q/health/group/" + TOKEN,
            "/q/health/group/x?token=" + TOKEN,
            "/q/openapi?format=" + TOKEN,
            "/switchboard/%zz?token=" + TOKEN,
            "/?%zz=1&token=" + TOKEN)) {
      for (String method :
          List.of("GET", "POST", "DELETE", "PUT", "OPTIONS", TOKEN.substring(0, 20))) {
        requests.add(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                + TOKEN
                + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      }
    }
    String form =
        IntStream.range(0, 600).mapToObj(i -> "f" + i + "=1").collect(Collectors.joining("&"));
    for (String door :
        List.of(Twilio.WEBHOOK, "/api/twilio/status", "/api/sms", "/", "/q/health")) {
      for (String type : List.of("application/x-www-form-urlencoded", "multipart/form-data")) {
        requests.add(
            "POST "
                + door
                + "?token="
                + TOKEN
                + " HTTP/1.1\r\nHost: a\r\nContent-Type: "
                + type
                + "\r\nConnection: close\r\nContent-Length: "
                + form.length()
                + "\r\n\r\n"
                + form);
      }
    }
    for (int i = 0; i < 130; i++) {
      requests.add(
          "GET /q/health/group/x" + i + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    for (String request : requests) {
      String answer = raw(request);
      assertThat(answer).as(request).isNotEmpty();
      assertThat(answer.substring(0, 12)).as(request).doesNotContain(" 500");
      assertThat(answer).doesNotContain("details", "stack", "Exception");
    }
    await().until(() -> accessLines().size() >= 50);
    assertThat(log.texts())
        .noneMatch(line -> line.contains(NUMBER))
        .noneMatch(line -> line.contains(NUMBER.substring(2)))
        .noneMatch(line -> line.contains(TOKEN.substring(0, 20)))
        .noneMatch(line -> line.contains("c2VjcmV0"));
    assertThat(log.records()).as("stack traces").allMatch(line -> line.getThrown() == null);
    assertThat(log.records().size()).as("lines").isLessThanOrEqualTo(2 * requests.size());
  }

  @Test
  void the_access_log_has_client_method_path_and_status() throws IOException {
    log.clear();
    raw("DELETE /api/people/+1" + NUMBER + " HTTP/1.1\r\nHost: a\r\n\r\n");
    raw("GET /wp-login.php HTTP/1.1\r\nHost: a\r\n\r\n");
    raw("GET /switchboard/page.js HTTP/1.1\r\nHost: a\r\n\r\n");
    raw("GET /api/messages/stream?token=" + TOKEN + " HTTP/1.1\r\nHost: a\r\n\r\n");
    raw("POST /api/sms HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n");
    raw("QWERTY /api/inbox HTTP/1.1\r\nHost: a\r\n\r\n");
    await().until(() -> accessLines().size() >= 6);
    assertThat(String.join("\n", accessLines()))
        .contains("127.0.0.1 \"DELETE /api/people/{phoneNumber} HTTP/1.1\" 401 ")
        .contains("\"GET /wp-login.php HTTP/1.1\" 404 ")
        .contains("\"GET /switchboard/page.js HTTP/1.1\" 200 ")
        .contains("\"GET /api/messages/stream HTTP/1.1\" 401 ")
        .contains("\"POST /api/sms HTTP/1.1\" 413 ")
        .contains("\"OTHER /api/inbox HTTP/1.1\" 501 ");
  }

  @ParameterizedTest
  @CsvSource({"62,201", "63,201", "64,400", "999,400", "1001,400", "20000,400"})
  void json_is_taken_to_a_depth_of_64(int levelsOfMetadata, int status) throws Exception {
    String conversation = libreChat.conversation(libreChat.user());
    String metadata = "{\"a\":".repeat(levelsOfMetadata) + "1" + "}".repeat(levelsOfMetadata);
    // Not by REST Assured, whose log indents the body: 20,000 levels become gigabytes of blanks.
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://localhost:%d/api/messages/%s/external"
                        .formatted(RestAssured.port, conversation)))
            .header("X-API-Key", TestDatabase.API_KEY)
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"role\":\"external\",\"content\":\"x\",\"metadata\":" + metadata + "}"))
            .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
  }

  private List<String> accessLines() {
    return log.records().stream()
        .filter(line -> line.getLoggerName().equals("chat.switchboard.access"))
        .map(LogText::of)
        .toList();
  }

  private static String raw(String request) throws IOException {
    return RawHttp.send(RestAssured.port, request);
  }
}
