package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.http.ProblemException;
import chat.switchboard.support.Configured;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a list of templates is used, and what a template says. */
@Tag("unit")
class TemplateCatalogTest {

  private static final String SID = "HX" + "0".repeat(32);

  private Instant now = Instant.parse("2026-11-26T12:00:00Z");
  private int reads;
  private boolean broken;
  private Optional<String> unavailable = Optional.empty();

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  private final TemplateCatalog catalog =
      new TemplateCatalog(
          new TemplateSource() {
            @Override
            public Optional<String> unavailable() {
              return unavailable;
            }

            @Override
            public Uni<List<MessageTemplate>> read() {
              reads++;
              return broken
                  ? Uni.createFrom().failure(new IllegalStateException("Twilio responded 503"))
                  : Uni.createFrom().item(List.of(template("Hello {{1}}, {{name}} {{1}}")));
            }
          },
          Configured.with(WindowConfig.class),
          clock);

  private static MessageTemplate template(String body) {
    return new MessageTemplate(
        SID, "hello", "en", Optional.empty(), "approved", Map.of("1", "Ann"), Optional.of(body));
  }

  private TemplateCatalog.Listed list() {
    return catalog.list().await().indefinitely();
  }

  @Test
  void a_list_is_read_once_in_five_minutes() {
    list();
    later(Duration.ofMinutes(4));
    assertThat(list().isStale()).isFalse();
    assertThat(reads).isEqualTo(1);
    later(Duration.ofMinutes(2));
    list();
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void an_old_list_is_used_for_an_hour_if_twilio_cannot_be_read() {
    list();
    broken = true;
    later(Duration.ofMinutes(59));
    assertThat(list().isStale()).isTrue();
    later(Duration.ofMinutes(2));
    assertThatThrownBy(this::list)
        .isInstanceOfSatisfying(
            ProblemException.class, found -> assertThat(found.problem().status()).isEqualTo(503));
    broken = false;
    assertThat(list().isStale()).isFalse();
  }

  @Test
  void a_missing_setting_is_named() {
    unavailable = Optional.of("TWILIO_ACCOUNT_SID is not set");
    assertThatThrownBy(this::list).hasMessage("TWILIO_ACCOUNT_SID is not set");
    assertThat(reads).isZero();
  }

  @Test
  void an_unknown_template_is_looked_up_again_but_not_at_once() {
    assertThat(catalog.find(SID.toLowerCase()).await().indefinitely()).isPresent();
    assertThat(catalog.find("HX1").await().indefinitely()).isEmpty();
    assertThat(reads).isEqualTo(1);
    later(Duration.ofSeconds(11));
    assertThat(catalog.find("HX1").await().indefinitely()).isEmpty();
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void values_are_filled_in_once_and_as_they_are() {
    assertThat(
            template("Hello {{1}}, {{ name }}: {{2}}")
                .rendered(Map.of("1", "{{name}} $1 \\", "name", "א")))
        .contains("Hello {{name}} $1 \\, א: {{2}}");
  }

  private void later(Duration time) {
    now = now.plus(time);
  }
}
