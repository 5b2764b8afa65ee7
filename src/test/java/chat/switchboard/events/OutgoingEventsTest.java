package chat.switchboard.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void each_secret_of_a_rotation_gives_a_signature() {
    String other = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXMtYXQtbGVhc3Q=";
    assertThat(
            EventSigner.headers(List.of(SECRET, other), "e1", Instant.EPOCH, new byte[0])
                .get("webhook-signature")
                .split(" "))
        .hasSize(2)
        .allMatch(one -> one.startsWith("v1,"))
        .doesNotHaveDuplicates();
    assertThatThrownBy(
            () -> EventSigner.headers(List.of("whpk_AAAA"), "e1", Instant.EPOCH, new byte[0]))
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
  void a_receiver_that_fails_for_5_days_is_switched_off() {
    Instant since = Instant.parse("2026-11-21T04:00:00Z");
    assertThat(EventRetries.isSwitchedOff(since, Instant.parse("2026-11-26T03:59:59Z"))).isFalse();
    assertThat(EventRetries.isSwitchedOff(since, Instant.parse("2026-11-26T04:00:00Z"))).isTrue();
  }

  @Test
  void an_event_has_ids_and_a_masked_number_and_the_text_only_if_wanted() throws Exception {
    OutgoingEvent.Data data =
        new OutgoingEvent.Data("c1", "m1", null, null, null, "sms", "+15551234567", null, "Hello");
    assertThat(
            JsonMapper.builder()
                .build()
                .writeValueAsString(
                    new OutgoingEvent(
                        "message.received", "2026-11-26T04:00:00.000Z", data.withoutText())))
        .isEqualTo(
            "{\"type\":\"message.received\",\"timestamp\":\"2026-11-26T04:00:00.000Z\",\"data\":"
                + "{\"conversationId\":\"c1\",\"messageId\":\"m1\",\"source\":\"sms\",\"phone\":"
                + "\"+1\u2022\u2022\u2022\u2022\u2022\u20224567\"}}");
    assertThat(data.text()).isEqualTo("Hello");
    assertThat(data.phone()).doesNotContain("5551234");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "https://crm.example.com/in, false",
        "https://crm.example.com:8443/in?a=b, false",
        "HTTPS://CRM.example.com, false",
        "http://n8n:5678/webhook/1, true",
        "http://127.0.0.1:9/, true",
        "http://[::1]:9/, true"
      })
  void an_address_is_accepted(String url, boolean allowPrivate) {
    List<String> errors = new ArrayList<>();
    EventEndpoint endpoint = EventEndpoint.of("crm", config(url, allowPrivate), errors);
    assertThat(errors).isEmpty();
    assertThat(endpoint.path()).startsWith("/");
    assertThat(endpoint.toString()).doesNotContain("whsec_").doesNotContain("/in");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, false",
        "'', false",
        "crm.example.com, false",
        "ftp://crm.example.com, true",
        "file:///etc/passwd, true",
        "http://crm.example.com, false",
        "https://user:secret@crm.example.com, false",
        "https://crm.example.com/#fragment, false",
        "https://, true",
        "https:///path, true",
        "https://a b, true",
        "https://crm.example.com:0/, true",
        "https://crm.example.com:70000/, true"
      })
  void another_address_is_refused_with_a_sentence(String url, boolean allowPrivate) {
    List<String> errors = new ArrayList<>();
    EventEndpoint.of("crm", config(url, allowPrivate), errors);
    assertThat(errors).singleElement().asString().startsWith("url must");
  }

  @Test
  void a_weak_secret_and_an_unknown_event_are_refused() {
    List<String> errors = new ArrayList<>();
    EventEndpoint.of(
        "crm",
        config("https://crm.example.com", false, List.of("whsec_short"), List.of("message.read")),
        errors);
    assertThat(errors).hasSize(2);
    assertThat(errors.get(0)).startsWith("secret must");
    assertThat(errors.get(1)).startsWith("events may name");
    errors.clear();
    EventEndpoint.of("a/b", config("https://crm.example.com", false, List.of(), List.of()), errors);
    assertThat(errors).hasSize(3);
  }

  private static EventConfig config(String url, boolean allowPrivate) {
    return config(url, allowPrivate, List.of(SECRET), null);
  }

  static EventConfig config(
      String url, boolean allowPrivate, List<String> secret, List<String> events) {
    return new EventConfig() {
      @Override
      public Optional<String> url() {
        return Optional.ofNullable(url);
      }

      @Override
      public Optional<List<String>> secret() {
        return Optional.of(secret);
      }

      @Override
      public Optional<List<String>> events() {
        return Optional.ofNullable(events);
      }

      @Override
      public Optional<String> owner() {
        return Optional.empty();
      }

      @Override
      public boolean includeText() {
        return false;
      }

      @Override
      public boolean allowPrivate() {
        return allowPrivate;
      }
    };
  }
}
