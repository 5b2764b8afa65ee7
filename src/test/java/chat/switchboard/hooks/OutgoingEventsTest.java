package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OutgoingEventsTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** The vector of the reference libraries (standard-webhooks/standard-webhooks, libraries). */
  @Test
  void an_event_is_signed_as_in_the_published_vector() {
    assertThat(
            EventSigner.headers(
                List.of(SECRET),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1614265330),
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .containsEntry("webhook-timestamp", "1614265330")
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void our_own_verifier_takes_the_signature_of_either_secret_of_a_rotation() {
    Instant now = Instant.parse("2026-11-26T04:00:00Z");
    byte[] body = "{\"type\":\"message.received\"}".getBytes(StandardCharsets.UTF_8);
    String other = "whsec_YW5vdGhlci1zZWNyZXQtaGVyZQ==";
    Map<String, String> headers = EventSigner.headers(List.of(SECRET, other), "e1", now, body);
    for (String secret : List.of(SECRET, other)) {
      assertThat(
              new WebhookVerifier(Clock.fixed(now, ZoneOffset.UTC))
                  .verify(
                      Schemes.named("standard").orElseThrow(),
                      List.of(secret),
                      WebhookRequest.of(headers.entrySet(), body, ""),
                      () -> Payload.read("application/json", body)))
          .isEqualTo(new Verification.Verified("e1", "message.received"));
    }
    assertThatThrownBy(() -> EventSigner.headers(List.of("whpk_AAAA"), "e1", now, body))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_event_is_tried_again_after_5_seconds_to_10_hours_with_jitter() {
    List<Duration> middle =
        List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(10));
    for (int failed = 1; failed <= middle.size(); failed++) {
      long wanted = middle.get(failed - 1).toMillis();
      assertThat(EventRetries.delay(failed, 0.5)).contains(Duration.ofMillis(wanted));
      assertThat(EventRetries.delay(failed, 0).orElseThrow().toMillis())
          .isEqualTo(Math.round(wanted * 0.9));
      assertThat(EventRetries.delay(failed, 0.999).orElseThrow().toMillis())
          .isBetween((long) (wanted * 1.09), (long) (wanted * 1.1));
    }
    assertThat(EventRetries.delay(8, 0.5)).isEmpty();
    assertThat(EventRetries.delay(0, 0.5)).isEmpty();
  }

  @Test
  void an_endpoint_that_fails_for_5_days_is_switched_off() {
    Instant since = Instant.parse("2026-11-21T04:00:00Z");
    assertThat(EventRetries.isSwitchedOff(since, Instant.parse("2026-11-26T03:59:59Z"))).isFalse();
    assertThat(EventRetries.isSwitchedOff(since, Instant.parse("2026-11-26T04:00:00Z"))).isTrue();
  }

  @Test
  void an_event_has_ids_and_a_masked_number_and_the_text_only_if_given() throws Exception {
    ObjectMapper json =
        new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    String written =
        json.writeValueAsString(
            OutgoingEvent.of(
                OutgoingEvent.Type.MESSAGE_RECEIVED,
                Instant.parse("2026-11-26T04:00:00Z"),
                "c1",
                "m1",
                null,
                "sms",
                "+15551234567",
                null,
                null));
    assertThat(written)
        .isEqualTo(
            "{\"type\":\"message.received\",\"timestamp\":\"2026-11-26T04:00:00Z\",\"data\":"
                + "{\"conversationId\":\"c1\",\"messageId\":\"m1\",\"source\":\"sms\",\"phone\":"
                + "\"+1\u2022\u2022\u2022\u2022\u2022\u20224567\"}}");
  }
}
