package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.twilio.SignatureVerifier.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class SignatureVerifierTest {

  private static final String PATH = "/api/twilio/webhook";
  private static final Map<String, String> FIELDS = Map.of("Body", "Hi", "From", "+15551230000");
  private static final Map<String, List<String>> READ =
      Map.of("Body", List.of("Hi"), "From", List.of("+15551230000"));

  @ParameterizedTest(name = "{0}{1} signed for {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "https://a.example       | ?a=%26 | https://a.example/api/twilio/webhook?a=%26",
        "https://a.example       | ?a=%26 | https://a.example:443/api/twilio/webhook?a=%26",
        "https://a.example:443   | ?a=%26 | https://a.example/api/twilio/webhook?a=%26",
        "https://a.example:443   | ?a=%26 | https://a.example:443/api/twilio/webhook?a=%26",
        "http://a.example        | ?a=%2f | http://a.example:80/api/twilio/webhook?a=%2f",
        "http://a.example:80     | ?a=%2F | http://a.example/api/twilio/webhook?a=%2F",
        "https://a.example:8443  | ?x='   | https://a.example:8443/api/twilio/webhook?x='",
        "https://a.example:8443  | ?x='   | https://a.example/api/twilio/webhook?x='",
        "https://u:p@a.example   | ?x=+   | https://u:p@a.example:443/api/twilio/webhook?x=+",
        "https://[2001:db8::1]   | ?x=1   | https://[2001:db8::1]:443/api/twilio/webhook?x=1",
        "https://[2001:db8::1]:443 | ?x=1 | https://[2001:db8::1]/api/twilio/webhook?x=1",
        "https://a.example/pre   | ?x=%D0%B6 | https://a.example/pre/api/twilio/webhook?x=%D0%B6",
        "https://a.example/api/twilio/webhook | ?x=1 | https://a.example:443/api/twilio/webhook?x=1"
      })
  void every_spelling_of_the_port_is_taken_and_the_query_stays_as_it_was_called(
      String publicUrl, String query, String signedFor) {
    SignatureVerifier check =
        new SignatureVerifier(List.of("token"), new PublicUrl(Optional.of(publicUrl)));
    assertThat(check.check("http://10.0.0.1" + PATH, PATH + query, sign(signedFor), READ))
        .isInstanceOf(Verdict.Right.class);
    // Without a public URL the address that the server saw counts.
    SignatureVerifier seen =
        new SignatureVerifier(List.of("token"), new PublicUrl(Optional.empty()));
    assertThat(seen.check(signedFor, PATH + query, sign(signedFor), READ))
        .isInstanceOf(Verdict.Right.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example/api/twilio/webhook?a=&",
    "https://a.example/api/twilio/webhook?a=%2526",
    "https://a.example/api/twilio/webhook",
    "http://a.example/api/twilio/webhook?a=%26",
    "https://a.example:444/api/twilio/webhook?a=%26",
    "https://b.example/api/twilio/webhook?a=%26",
    "https://a.example.b.example/api/twilio/webhook?a=%26"
  })
  void another_address_is_not_ours(String signedFor) {
    SignatureVerifier check =
        new SignatureVerifier(
            List.of("other", "token"), new PublicUrl(Optional.of("https://a.example")));
    assertThat(check.check("x", PATH + "?a=%26", sign(signedFor), READ))
        .isEqualTo(new Verdict.Wrong(RefusalReason.SIGNATURE_WRONG));
  }

  @Test
  void a_json_body_must_have_the_hash_that_is_signed() throws Exception {
    SignatureVerifier check =
        new SignatureVerifier(List.of("token"), new PublicUrl(Optional.of("https://a.example")));
    byte[] body = "{\"Body\":\"жизнь\"}".getBytes(StandardCharsets.UTF_8);
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    String path = PATH + "?a=%26&bodySHA256=" + hash;
    String signature = TwilioSignature.of("token", "https://a.example:443" + path, Map.of());
    assertThat(check.checkJson("x", path, signature, body)).isInstanceOf(Verdict.Right.class);
    assertThat(check.checkJson("x", path, signature, "{}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new Verdict.Wrong(RefusalReason.BODY_HASH));
    String twice = path + "&bodySHA256=" + hash;
    assertThat(check.checkJson("x", twice, sign("https://a.example" + twice, Map.of()), body))
        .isEqualTo(new Verdict.Wrong(RefusalReason.BODY_HASH));
    assertThat(check.checkJson("x", PATH, sign("https://a.example" + PATH, Map.of()), body))
        .isEqualTo(new Verdict.Wrong(RefusalReason.BODY_HASH));
    assertThat(check.checkJson("x", path, "AAAA", body))
        .isEqualTo(new Verdict.Wrong(RefusalReason.SIGNATURE_WRONG));
  }

  private static String sign(String url) {
    return sign(url, FIELDS);
  }

  private static String sign(String url, Map<String, String> fields) {
    return TwilioSignature.of("token", url, new TreeMap<>(fields));
  }
}
