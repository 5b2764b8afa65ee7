package chat.switchboard.hooks;

import static chat.switchboard.hooks.SignedRequests.URL;
import static chat.switchboard.hooks.SignedRequests.body;
import static chat.switchboard.hooks.SignedRequests.bytes;
import static chat.switchboard.hooks.SignedRequests.headers;
import static chat.switchboard.hooks.SignedRequests.hmac;
import static chat.switchboard.hooks.SignedRequests.otherSecretFor;
import static chat.switchboard.hooks.SignedRequests.secretFor;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.hooks.Scheme.Signature;
import chat.switchboard.hooks.Verification.HandshakeAnswer;
import chat.switchboard.hooks.Verification.Refused;
import chat.switchboard.hooks.Verification.Verified;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class WebhookVerifierTest {

  private static final Instant NOW = Instant.parse("2026-11-26T04:00:00Z");

  private static final String SLACK_BODY =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
          + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
          + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
          + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
          + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

  private static final String PAGERDUTY_BODY =
      "{\"event\":{\"id\":\"01BWDWL3NYY7LUFPZCC28QUCMK\",\"event_type\":"
          + "\"incident.priority_updated\",\"resource_type\":\"incident\",\"occurred_at\":"
          + "\"2021-04-26T17:36:27.458Z\",\"agent\":{\"html_url\":"
          + "\"https://acme.pagerduty.com/users/PLH1HKV\",\"id\":\"PLH1HKV\",\"self\":"
          + "\"https://api.pagerduty.com/users/PLH1HKV\",\"summary\":\"Tenex Engineer\",\"type\":"
          + "\"user_reference\"},\"client\":null,\"data\":{\"id\":\"PGR0VU2\",\"type\":"
          + "\"incident\",\"self\":\"https://api.pagerduty.com/incidents/PGR0VU2\",\"html_url\":"
          + "\"https://acme.pagerduty.com/incidents/PGR0VU2\",\"number\":2,\"status\":"
          + "\"triggered\",\"title\":\"A little bump in the road\",\"service\":{\"html_url\":"
          + "\"https://acme.pagerduty.com/services/PF9KMXH\",\"id\":\"PF9KMXH\",\"self\":"
          + "\"https://api.pagerduty.com/services/PF9KMXH\",\"summary\":\"API Service\",\"type\":"
          + "\"service_reference\"},\"assignees\":[{\"html_url\":"
          + "\"https://acme.pagerduty.com/users/PTUXL6G\",\"id\":\"PTUXL6G\",\"self\":"
          + "\"https://api.pagerduty.com/users/PTUXL6G\",\"summary\":\"User 123\",\"type\":"
          + "\"user_reference\"}],\"escalation_policy\":{\"html_url\":"
          + "\"https://acme.pagerduty.com/escalation_policies/PUS0KTE\",\"id\":\"PUS0KTE\",\"self\":"
          + "\"https://api.pagerduty.com/escalation_policies/PUS0KTE\",\"summary\":\"Default\","
          + "\"type\":\"escalation_policy_reference\"},\"teams\":[{\"html_url\":"
          + "\"https://acme.pagerduty.com/teams/PFCVPS0\",\"id\":\"PFCVPS0\",\"self\":"
          + "\"https://api.pagerduty.com/teams/PFCVPS0\",\"summary\":\"Engineering\",\"type\":"
          + "\"team_reference\"}],\"priority\":{\"html_url\":"
          + "\"https://acme.pagerduty.com/account/incident_priorities\",\"id\":\"PSO75BM\",\"self\":"
          + "\"https://api.pagerduty.com/priorities/PSO75BM\",\"summary\":\"P1\",\"type\":"
          + "\"priority_reference\"},\"urgency\":\"high\",\"conference_bridge\":"
          + "{\"conference_number\":1000,\"conference_url\":\"https://example.com\"},"
          + "\"resolve_reason\":null}}}";

  /** Vectors that the providers publish, each with its source. */
  static Stream<Arguments> published() {
    return Stream.of(
        // docs.github.com, "Validating webhook deliveries", "Testing the webhook payload
        // validation"
        vector(
            "github",
            "It's a Secret to Everybody",
            "Hello, World!",
            NOW,
            URL,
            "X-Hub-Signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
        // Standard Webhooks: the test of its reference libraries
        // (standard-webhooks/standard-webhooks,
        // libraries/*/tests)
        vector(
            "standard",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "{\"test\": 2432232314}",
            Instant.ofEpochSecond(1614265330),
            URL,
            "webhook-id",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp",
            "1614265330",
            "webhook-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        // The same under the older names of the headers (docs.svix.com, "Verify manually")
        vector(
            "standard",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "{\"test\": 2432232314}",
            Instant.ofEpochSecond(1614265330),
            URL,
            "svix-id",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "svix-timestamp",
            "1614265330",
            "svix-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        // docs.slack.dev, "Verifying requests from Slack"
        vector(
            "slack",
            "8f742231b10e8888abcd99yyyzzz85a5",
            SLACK_BODY,
            Instant.ofEpochSecond(1531420618),
            URL,
            "X-Slack-Request-Timestamp",
            "1531420618",
            "X-Slack-Signature",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
        // developer.squareup.com, "Validate the webhook event", the shell example
        vector(
            "square",
            "asdf1234",
            "{\"hello\":\"world\"}",
            NOW,
            "https://example.com/webhook",
            "x-square-hmacsha256-signature",
            "2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og="),
        // PagerDuty/go-pagerduty, webhookv3/webhookv3_test.go
        vector(
            "pagerduty",
            "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK",
            PAGERDUTY_BODY,
            NOW,
            URL,
            "X-PagerDuty-Signature",
            "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd"),
        // Typeform/js-api-client, tests/unit/verify-signature.test.ts
        vector(
            "typeform",
            "my-webook-secret",
            "{\"foo\":\"bar\"}",
            NOW,
            URL,
            "Typeform-Signature",
            "sha256=X2b3nUhiGjaWHxmPO/YQzUvHXBNac4gPjZ5/bjXrhQY="),
        // sqlpage/SQLPage, the tests of sqlpage.hmac, "Test Shopify webhook HMAC validation"
        vector(
            "shopify",
            "test-webhook-secret",
            "{\"id\":1234567890,\"email\":\"customer@example.com\",\"total_price\":\"123.45\"}",
            NOW,
            URL,
            "X-Shopify-Hmac-Sha256",
            "QNyObTlKbMx2qDlPF/ZOZcBqg5OgPg+2oky3zldc0Gw="));
  }

  /**
   * A vector of aaronellington/zendesk-go (zendesk/webhook_test.go) with the static secret of
   * Zendesk's tests. Its time is none, which is found only after the signature is right.
   */
  @Test
  void a_published_vector_of_zendesk_has_the_right_signature() {
    String body =
        """
        {
        \t"type": "zen:event-type:user.group_membership_created",
        \t"account_id": 12514403,
        \t"id": "6b9bbadf-5725-4e92-bebe-7b71011bf5f1",
        \t"subject": "zen:user:6596848315901",
        \t"time": "2099-07-04T05:33:18Z",
        \t"zendesk_event_version": "2022-06-20",
        \t"detail": {
        \t\t"created_at": "2099-07-04T05:27:58Z",
        \t\t"default_group_id": "0",
        \t\t"email": "user.name@example.com",
        \t\t"external_id": "",
        \t\t"id": "6596848315901",
        \t\t"organization_id": "0",
        \t\t"role": "end-user",
        \t\t"updated_at": "2099-07-04T05:33:18Z"
        \t},
        \t"event": { "group": { "id": "1" } }
        }
        """;
    List<Map.Entry<String, String>> headers =
        List.of(
            Map.entry("X-Zendesk-Webhook-Signature-Timestamp", "1234"),
            Map.entry(
                "X-Zendesk-Webhook-Signature", "10IqYzYTLHRftNsNE+im0DeOM6/JactIRuy0XCHJ9B8="));
    List<String> secrets = List.of("dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==");
    Scheme zendesk = scheme("zendesk");
    assertThat(verify(zendesk, secrets, headers, bytes(body), NOW, URL))
        .isEqualTo(new Refused("The time cannot be read"));
    assertThat(verify(zendesk, secrets, headers, bytes(body + " "), NOW, URL))
        .isEqualTo(new Refused("No signature matches a secret of the hook"));
  }

  private static Arguments vector(
      String scheme, String secret, String body, Instant now, String url, String... headers) {
    List<Map.Entry<String, String>> entries = new ArrayList<>();
    for (int at = 0; at < headers.length; at += 2) {
      entries.add(Map.entry(headers[at], headers[at + 1]));
    }
    return Arguments.of(scheme, secret, body, now, url, entries);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("published")
  void a_published_vector_is_verified(
      String scheme,
      String secret,
      String body,
      Instant now,
      String url,
      List<Map.Entry<String, String>> headers) {
    assertThat(verify(scheme(scheme), List.of(secret), headers, bytes(body), now, url))
        .isInstanceOf(Verified.class);
    assertThat(verify(scheme(scheme), List.of(secret), headers, bytes(body + " "), now, url))
        .isInstanceOf(Refused.class);
    assertThat(verify(scheme(scheme), List.of(secret + "x"), headers, bytes(body), now, url))
        .isInstanceOf(Refused.class);
  }

  static Stream<Scheme> schemes() {
    List<String> errors = new ArrayList<>();
    Scheme hmac = scheme("hmac");
    Stream<Scheme> own =
        Stream.of(
            new SchemeSettings(
                    "X-Sig", "sha1=", "base64", "sha1", null, null, null, "/id", "X-Event")
                .applyTo(hmac, errors),
            new SchemeSettings(
                    "X-Sig",
                    null,
                    "base64url",
                    "sha512",
                    "{timestamp}.{id}.{url}.{body}",
                    "X-Time",
                    "60s",
                    "X-Id",
                    "/type")
                .applyTo(hmac, errors),
            new SchemeSettings(null, null, null, null, null, "X-Grafana-Time", null, null, null)
                .applyTo(scheme("grafana"), errors),
            new SchemeSettings("X-Api-Token", null, null, null, null, null, null, "X-Id", null)
                .applyTo(scheme("token"), errors));
    assertThat(errors).isEmpty();
    return Stream.concat(Schemes.all().stream(), own);
  }

  static Stream<Scheme> signing() {
    return schemes().filter(scheme -> scheme.proof() instanceof Signature);
  }

  static Stream<Scheme> timed() {
    return schemes().filter(scheme -> scheme.time().isPresent());
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void a_request_that_the_provider_signs_is_verified(Scheme scheme) {
    Verification result = verify(scheme, headers(scheme, secretFor(scheme), body(NOW), NOW));

    assertThat(result).isInstanceOf(Verified.class);
    assertThat(((Verified) result).deliveryId()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void a_wrong_secret_and_none_are_refused(Scheme scheme) {
    List<Map.Entry<String, String>> headers = headers(scheme, secretFor(scheme), body(NOW), NOW);

    for (List<String> secrets :
        List.of(
            List.of(otherSecretFor(scheme)),
            List.of(secretFor(scheme) + "x"),
            List.<String>of(),
            List.of(""),
            List.of("  "),
            List.of("whsec_"))) {
      assertThat(verify(scheme, secrets, headers, body(NOW), NOW, URL))
          .as(secrets.toString())
          .isInstanceOf(Refused.class);
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void the_old_secret_counts_during_a_rotation(Scheme scheme) {
    List<Map.Entry<String, String>> headers = headers(scheme, secretFor(scheme), body(NOW), NOW);

    assertThat(
            verify(
                scheme,
                List.of(otherSecretFor(scheme), secretFor(scheme)),
                headers,
                body(NOW),
                NOW,
                URL))
        .isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @MethodSource("signing")
  void a_changed_or_encoded_again_body_is_refused(Scheme scheme) {
    byte[] body = body(NOW);
    String text = new String(body, StandardCharsets.UTF_8);
    List<Map.Entry<String, String>> headers = headers(scheme, secretFor(scheme), body, NOW);

    for (byte[] other :
        List.of(
            bytes(text.replace("evt_1", "evt_2")),
            bytes(text + "\n"),
            bytes(text.replace("\"id\":", "\"id\": ")),
            bytes(text.replace("\u00e9", "\\u00e9")),
            bytes(text.replace("\u00e9", "e\u0301")),
            text.getBytes(StandardCharsets.ISO_8859_1),
            text.getBytes(StandardCharsets.UTF_16),
            Arrays.copyOf(body, body.length - 1),
            new byte[0])) {
      assertThat(verify(scheme, List.of(secretFor(scheme)), headers, other, NOW, URL))
          .isInstanceOf(Refused.class);
    }
  }

  @ParameterizedTest
  @MethodSource("timed")
  void a_time_beyond_the_tolerance_is_refused_both_ways(Scheme scheme) {
    Duration tolerance = scheme.time().orElseThrow().tolerance();
    for (Duration off : List.of(tolerance, tolerance.negated(), Duration.ZERO)) {
      assertThat(signedAt(scheme, NOW.plus(off))).as("" + off).isInstanceOf(Verified.class);
    }
    for (Duration off :
        List.of(
            tolerance.plusSeconds(1), tolerance.plusSeconds(1).negated(), Duration.ofDays(9999))) {
      assertThat(signedAt(scheme, NOW.plus(off))).as("" + off).isInstanceOf(Refused.class);
    }
  }

  private static Verification signedAt(Scheme scheme, Instant time) {
    return verify(
        scheme,
        List.of(secretFor(scheme)),
        headers(scheme, secretFor(scheme), body(time), time),
        body(time),
        NOW,
        URL);
  }

  @ParameterizedTest
  @MethodSource("timed")
  void a_time_that_was_moved_or_is_none_is_refused(Scheme scheme) {
    TimeSource time = scheme.time().orElseThrow();
    if (time.place() != TimeSource.Place.HEADER) {
      return;
    }
    String name = time.names().get(0);
    for (String value :
        List.of(
            "0",
            "-1",
            "x",
            "1e9",
            " ",
            "99999999999999999999",
            "" + NOW.plusSeconds(1).getEpochSecond(),
            NOW.plusSeconds(1).toString(),
            "1795665600.0")) {
      assertThat(verify(scheme, changed(scheme, name, old -> value)))
          .as(value)
          .isInstanceOf(Refused.class);
    }
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void a_missing_a_doubled_and_an_empty_header_are_refused(Scheme scheme) {
    List<String> names = new ArrayList<>(scheme.proof().headers().subList(0, 1));
    scheme
        .time()
        .filter(time -> time.place() == TimeSource.Place.HEADER)
        .ifPresent(time -> names.add(time.names().get(0)));
    if (scheme.proof() instanceof Signature signature && signature.signed().contains("{id}")) {
      names.add(((FieldSource.Header) scheme.ids().get(0)).name());
    }
    for (String name : names) {
      List<Map.Entry<String, String>> without = new ArrayList<>(good(scheme));
      without.removeIf(header -> header.getKey().equalsIgnoreCase(name));
      assertThat(verify(scheme, without)).as("missing " + name).isInstanceOf(Refused.class);

      List<Map.Entry<String, String>> doubled = new ArrayList<>(good(scheme));
      good(scheme).stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .forEach(
              header -> doubled.add(Map.entry(name.toUpperCase(Locale.ROOT), header.getValue())));
      assertThat(verify(scheme, doubled)).as("doubled " + name).isInstanceOf(Refused.class);

      for (String empty :
          List.of("", " ", ",", "=", "v1=", "Bearer", "Bearer ", "x".repeat(5000))) {
        assertThat(verify(scheme, changed(scheme, name, old -> empty)))
            .as(name + " is '" + empty.substring(0, Math.min(9, empty.length())) + "'")
            .isInstanceOf(Refused.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("signing")
  void a_signature_that_is_cut_longer_or_without_its_label_is_refused(Scheme scheme) {
    Signature signature = (Signature) scheme.proof();
    String name = signature.headers().get(0);
    List<UnaryOperator<String>> changes =
        new ArrayList<>(
            List.of(
                value -> value.substring(0, value.length() - 4),
                value -> value + "AAAA",
                value -> value.substring(0, value.length() - 4) + "!!!!"));
    if (!signature.label().isEmpty()) {
      changes.add(value -> value.replace(signature.label(), ""));
      changes.add(value -> value.replace(signature.label(), "v9="));
      changes.add(
          value -> value.replace(signature.label(), signature.label().toUpperCase(Locale.ROOT)));
    }
    for (UnaryOperator<String> change : changes) {
      List<Map.Entry<String, String>> changed = changed(scheme, name, change);
      assertThat(verify(scheme, changed)).as("" + changed).isInstanceOf(Refused.class);
    }
  }

  /** Decided: digits of either case are the same bytes. The other encodings are exact. */
  @ParameterizedTest
  @MethodSource("signing")
  void the_case_of_a_signature_matters_except_in_hexadecimal(Scheme scheme) {
    Signature signature = (Signature) scheme.proof();
    List<Map.Entry<String, String>> upper =
        changed(
            scheme,
            signature.headers().get(0),
            value -> {
              int start = value.indexOf(signature.label()) + signature.label().length();
              return value.substring(0, start) + value.substring(start).toUpperCase(Locale.ROOT);
            });
    assertThat(verify(scheme, upper))
        .isInstanceOf(signature.encoding() == Encoding.HEX ? Verified.class : Refused.class);
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void the_signature_of_another_scheme_with_the_same_secret_is_refused(Scheme scheme) {
    String secret = secretFor(scheme);
    schemes()
        .filter(other -> other.proof() instanceof Signature)
        .filter(other -> !sameSigned(scheme, other))
        .filter(other -> secretFor(other).equals(secret))
        .forEach(
            other -> {
              List<Map.Entry<String, String>> theirs = headers(other, secret, body(NOW), NOW);
              String value = theirs.get(theirs.size() - 1).getValue();
              assertThat(verify(scheme, theirs)).isInstanceOf(Refused.class);
              assertThat(
                      verify(
                          scheme, changed(scheme, scheme.proof().headers().get(0), old -> value)))
                  .as(other.name() + " as " + scheme.name())
                  .isInstanceOf(Refused.class);
            });
  }

  /** Whether two providers sign alike and differ in nothing but the name of the header. */
  private static boolean sameSigned(Scheme one, Scheme other) {
    return one.proof() instanceof Signature first
        && other.proof() instanceof Signature second
        && first.signed().equals(second.signed())
        && first.algorithm() == second.algorithm()
        && first.encoding() == second.encoding();
  }

  @ParameterizedTest
  @MethodSource("signing")
  void another_hash_function_does_not_verify(Scheme scheme) {
    Signature signature = (Signature) scheme.proof();
    for (Algorithm other : Algorithm.values()) {
      if (other == signature.algorithm()) {
        continue;
      }
      Scheme confused =
          new Scheme(
              scheme.name(),
              new Signature(
                  signature.headers(),
                  signature.separator(),
                  signature.label(),
                  other,
                  signature.encoding(),
                  signature.signed(),
                  signature.keyForm()),
              scheme.time(),
              scheme.ids(),
              scheme.events(),
              scheme.handshake());
      assertThat(verify(scheme, headers(confused, secretFor(scheme), body(NOW), NOW)))
          .isInstanceOf(Refused.class);
    }
  }

  @Test
  void only_the_v1_items_of_stripe_count_and_one_of_several_is_enough() {
    Scheme stripe = scheme("stripe");
    String good = good(stripe).get(1).getValue();
    String other = "v1=" + "0".repeat(64);

    assertThat(verify(stripe, stripe(good.replace(",v1=", "," + other + ",v1="))))
        .isInstanceOf(Verified.class);
    assertThat(verify(stripe, stripe(good + "," + other + ",v0=" + "1".repeat(64))))
        .isInstanceOf(Verified.class);
    assertThat(verify(stripe, stripe(good.replace(",v1=", ",v0=")))).isInstanceOf(Refused.class);
    assertThat(verify(stripe, stripe(good + ",t=1"))).isInstanceOf(Refused.class);
    assertThat(verify(stripe, stripe(good.substring(good.indexOf(',') + 1))))
        .isInstanceOf(Refused.class);
    assertThat(verify(stripe, stripe((other + ",").repeat(40) + good)))
        .as("more signatures than are compared")
        .isInstanceOf(Refused.class);
  }

  private static List<Map.Entry<String, String>> stripe(String value) {
    return List.of(Map.entry("Stripe-Signature", value));
  }

  /** RFC 8032, section 7.1, test 2: the key and the signature of one byte. */
  @Test
  void the_key_of_rfc_8032_verifies_its_signature() throws Exception {
    byte[] key =
        HexFormat.of().parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    java.security.Signature check = java.security.Signature.getInstance("Ed25519");
    check.initVerify(StandardKeys.publicKey(Base64.getEncoder().encodeToString(key)).orElseThrow());
    check.update((byte) 0x72);
    assertThat(
            check.verify(
                HexFormat.of()
                    .parseHex(
                        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")))
        .isTrue();
  }

  @Test
  void a_public_key_verifies_v1a_alone_and_is_never_a_secret() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    String publicKey = "whpk_" + Base64.getEncoder().encodeToString(raw);
    byte[] body = body(NOW);
    byte[] signed =
        bytes("m1." + NOW.getEpochSecond() + "." + new String(body, StandardCharsets.UTF_8));
    java.security.Signature signer = java.security.Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(signed);
    String v1a = "v1a," + Base64.getEncoder().encodeToString(signer.sign());
    String forged = Base64.getEncoder().encodeToString(hmac("HmacSHA256", raw, signed));
    String forgedWithText =
        Base64.getEncoder().encodeToString(hmac("HmacSHA256", bytes(publicKey), signed));

    assertThat(standard(publicKey, v1a)).isInstanceOf(Verified.class);
    assertThat(standard(publicKey, "v1,AAAA v1a,AAAA " + v1a)).isInstanceOf(Verified.class);
    assertThat(standard(publicKey, "v1," + forged)).isInstanceOf(Refused.class);
    assertThat(standard(publicKey, "v1," + forgedWithText)).isInstanceOf(Refused.class);
    assertThat(standard(publicKey, "v1a," + forged)).isInstanceOf(Refused.class);
    assertThat(standard(publicKey, v1a.replace("v1a,", "v1,"))).isInstanceOf(Refused.class);
    assertThat(standard("whpk_AAAA", v1a)).isInstanceOf(Refused.class);
    assertThat(standard("whpk_" + "!".repeat(44), v1a)).isInstanceOf(Refused.class);
    assertThat(standard("whsec_" + publicKey.substring(5), v1a)).isInstanceOf(Refused.class);
  }

  private static Verification standard(String secret, String signature) {
    return verify(
        scheme("standard"),
        List.of(secret),
        List.of(
            Map.entry("webhook-id", "m1"),
            Map.entry("webhook-timestamp", "" + NOW.getEpochSecond()),
            Map.entry("webhook-signature", signature)),
        body(NOW),
        NOW,
        URL);
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer secret of the tests, true",
    "bearer   secret of the tests, true",
    "Basic c2VjcmV0IG9mIHRoZSB0ZXN0cw==, true",
    "Basic secret of the tests, false",
    "secret of the tests, false",
    "Token secret of the tests, false",
    "Bearer Bearer secret of the tests, false",
    "Bearer secret of the test, false",
    "Bearer SECRET OF THE TESTS, false"
  })
  void a_token_is_read_as_bearer_or_basic(String value, boolean verified) {
    assertThat(verify(scheme("token"), List.of(Map.entry("Authorization", value))))
        .isInstanceOf(verified ? Verified.class : Refused.class);
  }

  @Test
  void the_delivery_id_is_the_providers_or_the_hash_of_the_body() {
    assertThat(id("github", Map.entry("X-GitHub-Delivery", "72d3162e"))).isEqualTo("72d3162e");
    assertThat(id("stripe")).isEqualTo("evt_1");
    assertThat(id("grafana")).matches("sha256:[0-9a-f]{64}:[0-9]+");
    assertThat(id("github", Map.entry("X-GitHub-Delivery", "x".repeat(257)))).startsWith("sha256:");
    assertThat(id("github", Map.entry("X-GitHub-Delivery", "a b"))).startsWith("sha256:");
    assertThat(id("github")).isEqualTo(id("github"));
  }

  @SafeVarargs
  private static String id(String name, Map.Entry<String, String>... more) {
    Scheme scheme = scheme(name);
    List<Map.Entry<String, String>> headers = new ArrayList<>(good(scheme));
    headers.removeIf(header -> header.getValue().equals("delivery-1"));
    headers.addAll(List.of(more));
    return ((Verified) verify(scheme, headers)).deliveryId();
  }

  @Test
  void the_check_of_the_endpoint_is_answered_as_its_provider_wants() {
    assertThat(signed("slack", "{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1a\"}"))
        .isEqualTo(new HandshakeAnswer("application/json", "{\"challenge\":\"3eZbrw1a\"}"));
    assertThat(
            signed(
                "zoom",
                "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"qgg8vlvZ\"}}"))
        .isEqualTo(
            new HandshakeAnswer(
                "application/json",
                "{\"plainToken\":\"qgg8vlvZ\",\"encryptedToken\":\""
                    + HexFormat.of()
                        .formatHex(
                            hmac("HmacSHA256", bytes("secret of the tests"), bytes("qgg8vlvZ")))
                    + "\"}"));
    assertThat(signed("github", "{\"zen\":\"x\"}", Map.entry("X-GitHub-Event", "ping")))
        .isInstanceOf(HandshakeAnswer.class);
    assertThat(signed("github", "{\"zen\":\"x\"}", Map.entry("X-GitHub-Event", "push")))
        .isInstanceOf(Verified.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"v0:1:{}\"}}",
        "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":{}}}",
        "{\"event\":\"endpoint.url_validation\"}"
      })
  void zoom_gets_no_hash_of_what_it_would_sign_itself(String body) {
    assertThat(signed("zoom", body)).isInstanceOf(Refused.class);
  }

  @Test
  void an_unsigned_check_of_the_endpoint_gets_no_answer() {
    for (String name : List.of("slack", "zoom", "github")) {
      assertThat(
              verify(
                  scheme(name),
                  List.of("secret of the tests"),
                  List.of(Map.entry("X-GitHub-Event", "ping")),
                  bytes(
                      "{\"type\":\"url_verification\",\"challenge\":\"x\",\"event\":"
                          + "\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"x\"}}"),
                  NOW,
                  URL))
          .isInstanceOf(Refused.class);
    }
  }

  @Test
  void meta_gets_its_challenge_for_the_right_token_alone() {
    String token = Handshakes.subscriptionToken("chat", "app secret");
    assertThat(token).hasSize(32).isNotEqualTo(Handshakes.subscriptionToken("b", "app secret"));
    assertThat(meta(token, "subscribe", token, "1158201444"))
        .isEqualTo(new HandshakeAnswer("text/plain;charset=UTF-8", "1158201444"));
    assertThat(meta(token, "subscribe", "other", "1")).isInstanceOf(Refused.class);
    assertThat(meta(token, "unsubscribe", token, "1")).isInstanceOf(Refused.class);
    assertThat(meta(token, "subscribe", token, "<script>")).isInstanceOf(Refused.class);
    assertThat(meta(token, "subscribe", null, "1")).isInstanceOf(Refused.class);
    assertThat(meta(token, "subscribe", token, null)).isInstanceOf(Refused.class);
    assertThat(meta("", "subscribe", "", "1")).isInstanceOf(Refused.class);
    assertThat(Handshakes.subscription(scheme("github"), List.of("t"), "subscribe", "t", "1"))
        .isInstanceOf(Refused.class);
  }

  private static Verification meta(String known, String mode, String token, String challenge) {
    return Handshakes.subscription(scheme("meta"), List.of(known), mode, token, challenge);
  }

  @Test
  void linear_without_a_time_in_its_body_is_refused() {
    assertThat(signed("linear", "{\"action\":\"create\"}")).isInstanceOf(Refused.class);
    assertThat(signed("linear", "no json")).isInstanceOf(Refused.class);
  }

  static Stream<Arguments> wrongSettings() {
    return Stream.of(
        Arguments.of("hmac", settings("signed", "{timestamp}.{body}"), "timeHeader"),
        Arguments.of("hmac", settings("timeHeader", "X-Time"), "timeHeader"),
        Arguments.of("hmac", settings("signed", "body"), "{body}"),
        Arguments.of("hmac", settings("signed", "{body}{secret}"), "no other place"),
        Arguments.of("hmac", settings("signed", "{id}{body}"), "{id}"),
        Arguments.of("hmac", settings("algorithm", "md5"), "sha1, sha256, sha512"),
        Arguments.of("hmac", settings("algorithm", "none"), "sha1, sha256, sha512"),
        Arguments.of("hmac", settings("encoding", "utf8"), "hex, base64, base64url"),
        Arguments.of("hmac", settings("header", "X Y"), "header"),
        Arguments.of("hmac", settings("header", ""), "header"),
        Arguments.of("hmac", settings("tolerance", "2h"), "1h"),
        Arguments.of("hmac", settings("tolerance", "-5s"), "1h"),
        Arguments.of("hmac", settings("id", "/a~2"), "JSON pointer"),
        Arguments.of("hmac", settings("prefix", "x".repeat(41)), "prefix"),
        Arguments.of("token", settings("algorithm", "sha256"), "no setting algorithm"),
        Arguments.of("github", settings("header", "X-Mine"), "no setting header"),
        Arguments.of("grafana", settings("encoding", "base64"), "no setting encoding"));
  }

  @ParameterizedTest
  @MethodSource("wrongSettings")
  void a_wrong_setting_of_a_scheme_is_a_sentence(
      String scheme, SchemeSettings settings, String part) {
    List<String> errors = new ArrayList<>();
    settings.applyTo(scheme(scheme), errors);
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).contains(part).endsWith(".");
  }

  private static SchemeSettings settings(String name, String value) {
    return new SchemeSettings(
        name.equals("header") ? value : null,
        name.equals("prefix") ? value : null,
        name.equals("encoding") ? value : null,
        name.equals("algorithm") ? value : null,
        name.equals("signed") ? value : null,
        name.equals("timeHeader") ? value : null,
        name.equals("tolerance") ? value : null,
        name.equals("id") ? value : null,
        name.equals("event") ? value : null);
  }

  @SafeVarargs
  private static Verification signed(String name, String body, Map.Entry<String, String>... more) {
    Scheme scheme = scheme(name);
    List<Map.Entry<String, String>> headers =
        new ArrayList<>(headers(scheme, secretFor(scheme), bytes(body), NOW));
    headers.addAll(List.of(more));
    return verify(scheme, List.of(secretFor(scheme)), headers, bytes(body), NOW, URL);
  }

  private static List<Map.Entry<String, String>> good(Scheme scheme) {
    return headers(scheme, secretFor(scheme), body(NOW), NOW);
  }

  private static List<Map.Entry<String, String>> changed(
      Scheme scheme, String name, UnaryOperator<String> change) {
    return good(scheme).stream()
        .map(
            header ->
                header.getKey().equalsIgnoreCase(name)
                    ? Map.entry(header.getKey(), change.apply(header.getValue()))
                    : header)
        .toList();
  }

  private static Scheme scheme(String name) {
    return Schemes.named(name).orElseThrow();
  }

  private static Verification verify(Scheme scheme, List<Map.Entry<String, String>> headers) {
    return verify(scheme, List.of(secretFor(scheme)), headers, body(NOW), NOW, URL);
  }

  private static Verification verify(
      Scheme scheme,
      List<String> secrets,
      List<Map.Entry<String, String>> headers,
      byte[] body,
      Instant now,
      String url) {
    WebhookRequest request = WebhookRequest.of(headers, body, url);
    return new WebhookVerifier(Clock.fixed(now, ZoneOffset.UTC))
        .verify(scheme, secrets, request, () -> Payload.read(request.contentType(), body));
  }
}
