package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quiet hours by the clocks of several zones, and the zones of numbers. */
@Tag("unit")
class QuietHoursTest {

  @ParameterizedTest(name = "{0} at {1} in {2}: {3}")
  @CsvSource({
    // Over midnight, in winter and in summer.
    "21:00-08:00,2026-11-25T12:00:00Z,Europe/Berlin,2026-11-25T12:00:00Z",
    "21:00-08:00,2026-11-25T19:59:59.999Z,Europe/Berlin,2026-11-25T19:59:59.999Z",
    "21:00-08:00,2026-11-25T20:00:00Z,Europe/Berlin,2026-11-26T07:00:00Z",
    "21:00-08:00,2026-11-25T23:30:00Z,Europe/Berlin,2026-11-26T07:00:00Z",
    "21:00-08:00,2026-11-26T06:59:59.999Z,Europe/Berlin,2026-11-26T07:00:00Z",
    "21:00-08:00,2026-11-26T07:00:00Z,Europe/Berlin,2026-11-26T07:00:00Z",
    "21:00-08:00,2026-07-25T19:00:00Z,Europe/Berlin,2026-07-26T06:00:00Z",
    "21:00-08:00,2026-11-26T01:00:00Z,America/New_York,2026-11-26T01:00:00Z",
    "21:00-08:00,2026-11-26T02:00:00Z,America/New_York,2026-11-26T13:00:00Z",
    "21:00-08:00,2026-12-31T20:00:00Z,Europe/Berlin,2027-01-01T07:00:00Z",
    "21:00-08:00,2028-02-28T20:00:00Z,Europe/Berlin,2028-02-29T07:00:00Z",
    // Within a day.
    "12:30-14:00,2026-11-25T12:29:00Z,UTC,2026-11-25T12:29:00Z",
    "12:30-14:00,2026-11-25T12:30:00Z,UTC,2026-11-25T14:00:00Z",
    "12:30-14:00,2026-11-25T14:00:00Z,UTC,2026-11-25T14:00:00Z",
    "00:00-08:00,2026-11-25T00:00:00Z,UTC,2026-11-25T08:00:00Z",
    "22:00-00:00,2026-11-25T22:00:00Z,UTC,2026-11-26T00:00:00Z",
    "22:00-00:00,2026-11-25T00:00:00Z,UTC,2026-11-25T00:00:00Z",
    "00:00-23:59,2026-11-25T00:00:00Z,UTC,2026-11-25T23:59:00Z",
    "08:01-08:00,2026-11-25T08:01:00Z,UTC,2026-11-26T08:00:00Z",
    // Offsets of half and three quarters of an hour, and beyond the date line.
    "21:00-08:00,2026-11-25T15:30:00Z,Asia/Kolkata,2026-11-26T02:30:00Z",
    "21:00-08:00,2026-11-25T15:15:00Z,Asia/Kathmandu,2026-11-26T02:15:00Z",
    "21:00-08:00,2026-11-25T07:00:00Z,Pacific/Kiritimati,2026-11-25T18:00:00Z",
    // The night of 29 March 2026 jumps from 02:00 to 03:00 in Berlin: one hour less.
    "21:00-08:00,2026-03-28T20:00:00Z,Europe/Berlin,2026-03-29T06:00:00Z",
    // The end does not exist: the hours end with the jump.
    "21:00-02:30,2026-03-28T23:00:00Z,Europe/Berlin,2026-03-29T01:00:00Z",
    "21:00-02:00,2026-03-28T23:00:00Z,Europe/Berlin,2026-03-29T01:00:00Z",
    "21:00-03:00,2026-03-28T23:00:00Z,Europe/Berlin,2026-03-29T01:00:00Z",
    // The begin does not exist: quiet from the jump on.
    "02:30-08:00,2026-03-29T00:59:59Z,Europe/Berlin,2026-03-29T00:59:59Z",
    "02:30-08:00,2026-03-29T01:00:00Z,Europe/Berlin,2026-03-29T06:00:00Z",
    // The night of 25 October 2026 shows 02:00 to 03:00 twice in Berlin: one hour more.
    "21:00-08:00,2026-10-24T19:00:00Z,Europe/Berlin,2026-10-25T07:00:00Z",
    // The end is shown twice: the first counts, and the clock that is set back is quiet again.
    "21:00-02:30,2026-10-24T23:00:00Z,Europe/Berlin,2026-10-25T00:30:00Z",
    "21:00-02:30,2026-10-25T00:45:00Z,Europe/Berlin,2026-10-25T00:45:00Z",
    "21:00-02:30,2026-10-25T01:15:00Z,Europe/Berlin,2026-10-25T01:30:00Z",
    // Midnight does not exist on this day in Beirut.
    "21:00-00:00,2026-03-28T20:00:00Z,Asia/Beirut,2026-03-28T22:00:00Z"
  })
  void a_text_waits_until_the_hours_are_over(String hours, Instant now, ZoneId zone, Instant end) {
    assertThat(QuietHours.parse(hours).nextLoud(now, List.of(zone))).contains(end);
    assertThat(QuietHours.parse(hours).isQuiet(now, zone)).isEqualTo(!now.equals(end));
    assertThat(QuietHours.parse(hours).isQuiet(end, zone)).isFalse();
  }

  @Test
  void a_text_to_several_zones_waits_until_it_is_quiet_in_none() {
    QuietHours hours = QuietHours.parse("21:00-08:00");
    List<ZoneId> us = zones("America/New_York", "America/Chicago", "America/Los_Angeles");
    // 08:30 in New York is 05:30 in Los Angeles.
    assertThat(hours.nextLoud(Instant.parse("2026-11-26T13:30:00Z"), us))
        .contains(Instant.parse("2026-11-26T16:00:00Z"));
    // 18:30 in Los Angeles is 21:30 in New York: the next morning in Los Angeles.
    assertThat(hours.nextLoud(Instant.parse("2026-11-26T02:30:00Z"), us))
        .contains(Instant.parse("2026-11-26T16:00:00Z"));
    assertThat(hours.nextLoud(Instant.parse("2026-11-26T17:00:00Z"), us))
        .contains(Instant.parse("2026-11-26T17:00:00Z"));
    // Never loud together: Guam is 15 hours before New York.
    assertThat(
            hours.nextLoud(
                Instant.parse("2026-11-26T17:00:00Z"),
                zones("America/New_York", "Pacific/Guam", "Pacific/Honolulu", "Europe/London")))
        .isEmpty();
  }

  @Test
  void each_end_of_two_years_is_loud_and_no_text_waits_longer_than_a_day() {
    for (ZoneId zone :
        zones("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "UTC")) {
      for (String typed : List.of("21:00-08:00", "23:30-00:30", "01:00-02:30", "02:15-02:45")) {
        QuietHours hours = QuietHours.parse(typed);
        Instant end = Instant.parse("2028-01-01T00:00:00Z");
        for (Instant now = Instant.parse("2026-01-01T00:00:00Z");
            now.isBefore(end);
            now = now.plus(Duration.ofMinutes(37))) {
          Instant loud = hours.nextLoud(now, List.of(zone)).orElseThrow();
          assertThat(hours.isQuiet(loud, zone)).isFalse();
          assertThat(Duration.between(now, loud)).isBetween(Duration.ZERO, Duration.ofHours(13));
          if (loud.isAfter(now)) {
            assertThat(hours.isQuiet(loud.minusMillis(1), zone)).isTrue();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"21:00-08:00", " 21:00-08:00 ", "21:00 - 08:00", "00:00-23:59"})
  void two_times_are_quiet_hours(String typed) {
    assertThat(QuietHours.parse(typed)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "21:00",
        "21-8",
        "9pm-8am",
        "21:00–08:00",
        "24:00-08:00",
        "21:60-08:00",
        "21:00-08:00-09:00",
        "21:00-08:00,12:00-13:00",
        "٢١:٠٠-٠٨:٠٠",
        "21:00:00-08:00:00",
        "off",
        "-"
      })
  void other_hours_are_refused_with_an_example(String typed) {
    assertThatThrownBy(() -> QuietHours.parse(typed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as 21:00-08:00");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00:00-00:00", "08:00-08:00"})
  void equal_ends_are_refused(String typed) {
    assertThatThrownBy(() -> QuietHours.parse(typed)).hasMessageContaining("same time");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "+12125550123,America/New_York",
    "+13125550123,America/Chicago",
    "+14155550123,America/Los_Angeles",
    "+18085550123,Pacific/Honolulu",
    "+493012345678,Europe/Berlin",
    "+4915112345678,Europe/Berlin",
    "whatsapp:+442071234567,Europe/London",
    "rcs:+14155550123,America/Los_Angeles",
    "+919876543210,Asia/Calcutta"
  })
  void the_area_code_or_the_country_tells_the_zone(String to, ZoneId zone) {
    assertThat(new RecipientZones().of(to)).contains(zone);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+15551234567",
        "whatsapp:US.13491208655302741918",
        "72975",
        "Example Ltd",
        "sip:ann@example.com",
        "messenger:1234567890",
        "+999123456789",
        "hook:deploys:a#1",
        ""
      })
  void other_addresses_tell_no_zone(String to) {
    assertThat(new RecipientZones().of(to)).isEmpty();
  }

  @Test
  void a_number_without_an_area_has_each_zone_of_its_country() {
    assertThat(new RecipientZones().of("+79161234567")).hasSizeGreaterThan(5);
    assertThat(new RecipientZones().of("+18005550199")).hasSizeGreaterThan(5);
  }

  private static List<ZoneId> zones(String... names) {
    return Stream.of(names).map(ZoneId::of).toList();
  }
}
