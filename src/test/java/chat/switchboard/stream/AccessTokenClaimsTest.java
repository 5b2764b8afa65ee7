package chat.switchboard.stream;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.ManyFailures;
import chat.switchboard.support.RawHttp;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are signed rightly, with claims that LibreChat would not put into one. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(ManyFailures.class)
class AccessTokenClaimsTest {

  private final LibreChat libreChat = new LibreChat();
  private final LogLines log = LogLines.all();
  private String user;
  private final long later = Instant.now().getEpochSecond() + 600;

  @BeforeEach
  void make() {
    user = libreChat.user();
  }

  @AfterEach
  void close() {
    log.close();
    libreChat.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9.3e15",
        "9300000000000000",
        "3e17",
        "300000000000000000",
        "1e999",
        "-1e999",
        "-1",
        "0",
        "1.7",
        "253402300800",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999999999",
        "1e308",
        "2e9",
        "1999999999.5",
        "\"1999999999\"",
        "\"\"",
        "[1999999999]",
        "{\"a\":1999999999}",
        "null",
        "true",
        "NaN",
        "01999999999"
      })
  void an_exp_that_is_no_date_is_refused(String exp) throws Exception {
    refused("{\"id\":\"" + user + "\",\"exp\":" + exp + "}");
  }

  @ParameterizedTest
  @MethodSource
  void other_claims_that_librechat_does_not_set_are_refused(String more) throws Exception {
    refused("{\"id\":\"" + user + "\",\"exp\":" + later + "," + more + "}");
  }

  static Stream<String> other_claims_that_librechat_does_not_set_are_refused() {
    return Stream.of(
        "\"scope\":\"agent_trigger\"",
        "\"scope\":\"\"",
        "\"scope\":null",
        "\"scope\":[]",
        "\"scope\":\"openid\"",
        "\"scope\":1",
        "\"iat\":\"now\"",
        "\"iat\":1e999",
        "\"iat\":-1",
        "\"iat\":99999999999",
        "\"iat\":3e17",
        "\"nbf\":99999999999",
        "\"nbf\":\"x\"",
        "\"nbf\":1e999",
        "\"exp\":9999999999",
        "\"id\":\"000000000000000000000000\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "1",
        "null",
        "\"a\"",
        "",
        "{",
        "{\"exp\":1999999999}",
        "{\"id\":123456789012345678901234,\"exp\":1999999999}",
        "{\"id\":[\"654a654a654a654a654a654a\"],\"exp\":1999999999}",
        "{\"id\":{\"$gt\":\"\"},\"exp\":1999999999}",
        "{\"id\":null,\"exp\":1999999999}"
      })
  void a_payload_that_is_no_set_of_claims_is_refused(String payload) throws Exception {
    refused(payload);
  }

  @Test
  void a_deep_payload_or_header_is_refused() throws Exception {
    String deep = "[".repeat(2_500) + "]".repeat(2_500);
    refused("{\"a\":" + deep + ",\"id\":\"" + user + "\",\"exp\":" + later + "}");
    assertThat(status(signed("{\"alg\":\"HS256\",\"a\":" + deep + "}", "{}"))).isEqualTo(401);
    assertThat(status(signed("{\"alg\":" + deep + "}", "{}"))).isEqualTo(401);
  }

  @Test
  void the_same_token_without_all_that_is_good() throws Exception {
    assertThat(status(signed("{\"id\":\"" + user + "\",\"exp\":" + later + "}"))).isEqualTo(200);
    assertThat(
            status(
                signed(
                    "{\"id\":\""
                        + user
                        + "\",\"iat\":"
                        + (later - 600)
                        + ",\"nbf\":"
                        + (later - 601)
                        + ",\"exp\":253402300799}")))
        .isEqualTo(200);
  }

  @Test
  void whatever_stands_in_the_claims_is_answered_with_401() throws Exception {
    Arbitrary<String> values =
        Arbitraries.oneOf(
            Arbitraries.longs().map(String::valueOf),
            Arbitraries.doubles().map(String::valueOf),
            Arbitraries.bigDecimals().map(String::valueOf),
            Arbitraries.strings().ascii().ofMaxLength(20).map(AccessTokenClaimsTest::quoted),
            Arbitraries.of("null", "true", "[]", "{}", "[[[[1]]]]", "1e400", "-0"));
    for (int i = 0; i < 150; i++) {
      String name = List.of("exp", "iat", "nbf", "id", "scope").get(i % 5);
      String value = values.sample();
      String payload = "{\"exp\":" + later + ",\"" + name + "\":" + value + "}";
      assertThat(status(signed(payload))).as(payload).isEqualTo(401);
    }
    assertThat(log.records()).allMatch(line -> line.getThrown() == null);
  }

  private static String quoted(String text) {
    return "\"" + text.replaceAll("[\\\\\"\\p{Cntrl}]", "") + "\"";
  }

  private void refused(String payload) throws Exception {
    String token = signed(payload);
    assertThat(status(token)).as(payload).isEqualTo(401);
    assertThat(log.records()).noneMatch(line -> line.getThrown() != null);
    assertThat(log.texts()).noneMatch(line -> line.contains(token.substring(token.length() - 20)));
  }

  private static String signed(String payload) throws Exception {
    return signed("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", payload);
  }

  private static String signed(String header, String payload) throws Exception {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String text =
        encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8))
            + "."
            + encoder.encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(TestDatabase.JWT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return text + "." + encoder.encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Both ways of showing it; a stream that opens is closed again. */
  private static int status(String token) throws Exception {
    int inHeader =
        RawHttp.status(
            RestAssured.port,
            "GET /api/messages/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                + token
                + "\r\n\r\n");
    if (token.length() < 3_000) {
      assertThat(
              RawHttp.status(
                  RestAssured.port,
                  "GET /api/messages/stream?token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n"))
          .isEqualTo(inHeader);
    }
    return inHeader;
  }
}
