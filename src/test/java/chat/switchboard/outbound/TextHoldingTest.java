package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.support.Configured;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Until when a text is held, by the settings, the number, and what the person wrote. */
@Tag("unit")
class TextHoldingTest {

  private static final SendTime QUIET = new SendTime(Optional.empty(), true);

  private final List<Instant> asked = new ArrayList<>();
  private boolean written;

  private TextHolding holding(Instant now, String... settings) {
    return new TextHolding(
        Configured.with(QuietHoursConfig.class, settings),
        (person, since) -> {
          asked.add(since);
          return Uni.createFrom().item(written);
        },
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private Optional<Instant> until(Instant now, String to, String... settings) {
    return holding(now, settings)
        .hold(QUIET, to)
        .await()
        .indefinitely()
        .map(TextHolding.Hold::until)
        .map(Date::toInstant);
  }

  @ParameterizedTest(name = "{0} at {1}: {3}")
  @CsvSource({
    // The area code tells the zone.
    "+12125550123,2026-11-26T02:30:00Z,UTC,2026-11-26T13:00:00Z",
    "+14155550123,2026-11-26T02:30:00Z,UTC,",
    "whatsapp:+493012345678,2026-11-25T20:30:00Z,UTC,2026-11-26T07:00:00Z",
    // The setting tells the zone of other numbers.
    "+15551234567,2026-11-25T20:30:00Z,Europe/Berlin,2026-11-26T07:00:00Z",
    "+15551234567,2026-11-25T20:30:00Z,UTC,",
    "whatsapp:US.13491208655302741918,2026-11-25T20:30:00Z,Europe/Berlin,2026-11-26T07:00:00Z",
    // A toll-free number can be anywhere from Newfoundland to Guam.
    "+18005550199,2026-11-25T20:30:00Z,UTC,2026-11-25T22:00:00Z",
    "+18005550199,2026-11-25T22:30:00Z,UTC,"
  })
  void the_zone_follows_from_the_number_or_from_the_setting(
      String to, Instant now, String zone, Instant end) {
    assertThat(until(now, to, "switchboard.quiet-hours-zone", zone))
        .isEqualTo(Optional.ofNullable(end));
  }

  @Test
  void the_setting_counts_for_a_number_whose_zones_are_never_loud_together() {
    assertThat(
            until(
                Instant.parse("2026-11-25T20:30:00Z"),
                "+18005550199",
                "switchboard.quiet-hours",
                "18:00-10:00",
                "switchboard.quiet-hours-zone",
                "Europe/Berlin"))
        .contains(Instant.parse("2026-11-26T09:00:00Z"));
  }

  @Test
  void a_person_who_wrote_within_ten_minutes_gets_the_answer_at_once() {
    Instant night = Instant.parse("2026-11-25T23:00:00Z");
    written = true;
    assertThat(until(night, "+15551234567")).isEmpty();
    assertThat(asked).containsExactly(night.minus(Duration.ofMinutes(10)));
    asked.clear();
    written = false;
    assertThat(until(night, "+15551234567")).isPresent();
    // By day nothing is looked up.
    asked.clear();
    assertThat(until(Instant.parse("2026-11-25T12:00:00Z"), "+15551234567")).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void no_quiet_hours_are_set_by_an_empty_value() {
    for (String off : List.of("", " ")) {
      assertThat(
              until(
                  Instant.parse("2026-11-25T23:00:00Z"),
                  "+15551234567",
                  "switchboard.quiet-hours",
                  off))
          .isEmpty();
    }
  }

  @Test
  void an_urgent_text_is_not_held_and_a_time_that_has_come_holds_nothing() {
    Instant night = Instant.parse("2026-11-25T23:00:00Z");
    assertThat(holding(night).hold(SendTime.now(), "+15551234567").await().indefinitely())
        .isEmpty();
    assertThat(
            holding(night)
                .hold(new SendTime(Optional.of(night), false), "+15551234567")
                .await()
                .indefinitely())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "switchboard.quiet-hours,08:00-08:00,same time",
    "switchboard.quiet-hours,21-8,such as 21:00-08:00",
    "switchboard.quiet-hours-zone,Berlin,name of a time zone",
    "switchboard.quiet-hours-zone,Europe/berlin,name of a time zone",
    "switchboard.quiet-hours-zone,../../etc/passwd,name of a time zone"
  })
  void a_setting_with_a_fault_stops_the_start_with_a_sentence(
      String name, String value, String sentence) {
    assertThatThrownBy(() -> holding(Instant.EPOCH, name, value))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(sentence);
  }
}
