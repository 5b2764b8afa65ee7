package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.RawHttp;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of clients that a trusted proxy passes on. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(RequestGateTest.BehindProxy.class)
class RequestGateTest {

  private static final int LIMIT = 4;

  /** The tests themselves are the proxy. */
  public static class BehindProxy implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.http.proxy.proxy-address-forwarding", "true",
          "quarkus.http.proxy.allow-x-forwarded", "true",
          "quarkus.http.proxy.enable-forwarded-host", "true",
          "quarkus.http.proxy.enable-forwarded-prefix", "true",
          "quarkus.http.proxy.trusted-proxies", "127.0.0.0/8,10.0.0.0/8,fd00::/8",
          "switchboard.limits.failures-per-minute", Integer.toString(LIMIT));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For:",
        "X-Forwarded-For: ",
        "X-Forwarded-For: :8080",
        "X-Forwarded-For: :1, 203.0.113.5",
        "X-Forwarded-For: ,",
        "X-Forwarded-For: [",
        "X-Forwarded-For: []:80",
        "X-Forwarded-For: 1.2.3.4:99999",
        "X-Forwarded-For: 1.2.3.4:-1",
        "X-Forwarded-For: unknown",
        "X-Forwarded-For: \"\"",
        "X-Forwarded-For: a\r\nX-Forwarded-For: :1",
        "X-Forwarded-Host:",
        "X-Forwarded-Host: :443",
        "X-Forwarded-Host: [::1",
        "X-Forwarded-Host: a b, c",
        "X-Forwarded-Host: a:99999",
        "X-Forwarded-Port: 0",
        "X-Forwarded-Port: -1",
        "X-Forwarded-Port: 99999999999",
        "X-Forwarded-Port:",
        "X-Forwarded-Proto:",
        "X-Forwarded-Proto: ftp, https",
        "X-Forwarded-Ssl: on",
        "X-Forwarded-Prefix: ",
        "X-Forwarded-Prefix: //a?b#c",
        "Forwarded: for=",
        "Forwarded: for=;host=;proto=",
        "Forwarded: for=\":1\"",
      })
  void every_forwarding_header_is_answered(String headers) throws IOException {
    assertThat(status("/api/inbox", headers, UUID.randomUUID().toString())).isIn(401, 429);
    assertThat(status("/switchboard/", headers, "")).isEqualTo(200);
  }

  @Test
  void a_hundred_entries_are_answered() throws IOException {
    assertThat(
            status(
                "/switchboard/", "X-Forwarded-For: " + "1.2.3.4, ".repeat(100) + "203.0.113.5", ""))
        .isEqualTo(200);
  }

  @Test
  void a_made_up_first_entry_does_not_escape_the_limit() throws IOException {
    for (int i = 0; i < LIMIT; i++) {
      assertThat(failedAttempt("198.51.100." + i + ", 203.0.113.77")).isEqualTo(401);
    }
    assertThat(failedAttempt("198.51.100.99, 203.0.113.77")).isEqualTo(429);
    assertThat(failedAttempt("garbage, 203.0.113.77:5000")).isEqualTo(429);
    assertThat(failedAttempt("203.0.113.77, 10.1.2.3")).isEqualTo(429);
    assertThat(failedAttempt("::ffff:203.0.113.77")).isEqualTo(429);
    assertThat(failedAttempt("203.0.113.78")).isEqualTo(401);
  }

  @Test
  void another_address_of_the_same_ipv6_network_does_not_escape_the_limit() throws IOException {
    for (int i = 0; i < LIMIT; i++) {
      assertThat(failedAttempt("2001:db8:7:7::" + i)).isEqualTo(401);
    }
    assertThat(failedAttempt("2001:db8:7:7:abcd:1:2:3")).isEqualTo(429);
    assertThat(failedAttempt("\"[2001:db8:7:7::9]:443\"")).isEqualTo(429);
    assertThat(failedAttempt("2001:db8:7:8::1")).isEqualTo(401);
  }

  @Test
  void all_doors_count_together() throws IOException {
    List<String> doors =
        List.of("/api/inbox", "/api/messages/stream", "/api/messages/stream?token=a");
    for (int i = 0; i < LIMIT; i++) {
      assertThat(status(doors.get(i % 3), "X-Forwarded-For: 203.0.113.90", "x")).isEqualTo(401);
    }
    for (String door : doors) {
      assertThat(status(door, "X-Forwarded-For: 1.1.1.1,203.0.113.90", "x")).isEqualTo(429);
    }
  }

  private static int failedAttempt(String forwardedFor) throws IOException {
    return status("/api/inbox", "X-Forwarded-For: " + forwardedFor, "wrong");
  }

  private static int status(String path, String headers, String key) throws IOException {
    return RawHttp.status(
        RestAssured.port,
        "GET "
            + path
            + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-API-Key: "
            + key
            + "\r\n"
            + headers
            + "\r\n\r\n");
  }
}
