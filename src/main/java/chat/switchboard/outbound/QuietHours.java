package chat.switchboard.outbound;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of each day by the clock on the wall.
 *
 * @param from the first quiet minute
 * @param to the first minute after the quiet hours; before {@code from} if the hours contain
 *     midnight
 */
record QuietHours(LocalTime from, LocalTime to) {

  private static final String TIME = "((?:[01][0-9]|2[0-3]):[0-5][0-9])";
  private static final Pattern FORM = Pattern.compile(TIME + " ?- ?" + TIME);

  /** Zones that are never awake together do so in no later day either. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(48);

  /**
   * Reads two times such as {@code 21:00-08:00}.
   *
   * @throws IllegalArgumentException with one sentence
   */
  static QuietHours parse(String typed) {
    Matcher times = FORM.matcher(typed.strip());
    if (!times.matches()) {
      throw new IllegalArgumentException(
          "switchboard.quiet-hours must be two times of a day such as 21:00-08:00, or empty for no "
              + "quiet hours.");
    }
    QuietHours hours =
        new QuietHours(LocalTime.parse(times.group(1)), LocalTime.parse(times.group(2)));
    if (hours.from.equals(hours.to)) {
      throw new IllegalArgumentException(
          "switchboard.quiet-hours begins and ends at the same time, so that it is unclear whether "
              + "the whole day is quiet: set two different times, or leave it empty for no quiet "
              + "hours.");
    }
    return hours;
  }

  /** Whether it is quiet at this moment in a zone. */
  boolean isQuiet(Instant moment, ZoneId zone) {
    LocalTime clock = LocalTime.ofInstant(moment, zone);
    return isOverMidnight() ? !clock.isBefore(from) || clock.isBefore(to) : isBetween(clock);
  }

  private boolean isOverMidnight() {
    return to.isBefore(from);
  }

  private boolean isBetween(LocalTime clock) {
    return !clock.isBefore(from) && clock.isBefore(to);
  }

  /**
   * Returns the first moment from now on at which it is quiet in none of the zones.
   *
   * @return now if it is quiet in none; empty if there is no such moment within two days
   */
  Optional<Instant> nextLoud(Instant now, Collection<ZoneId> zones) {
    Instant moment = now;
    Instant latest = now.plus(LONGEST_WAIT);
    while (!moment.isAfter(latest)) {
      Instant later = moment;
      for (ZoneId zone : zones) {
        if (isQuiet(later, zone)) {
          later = end(later, zone);
        }
      }
      if (later.equals(moment)) {
        return Optional.of(moment);
      }
      moment = later;
    }
    return Optional.empty();
  }

  /** Returns the end of the quiet hours that contain this moment; the moment is quiet. */
  private Instant end(Instant quiet, ZoneId zone) {
    LocalDateTime clock = LocalDateTime.ofInstant(quiet, zone);
    LocalDateTime end = clock.with(to);
    if (!end.isAfter(clock)) {
      end = isOverMidnight() && !clock.toLocalTime().isBefore(from) ? end.plusDays(1) : end;
    }
    ZoneOffsetTransition gap = zone.getRules().getTransition(end);
    if (gap != null && gap.isGap()) {
      // The clock jumps over the end: the hours end with the jump.
      return gap.getInstant();
    }
    ZonedDateTime found = end.atZone(zone);
    return found.toInstant().isAfter(quiet)
        ? found.toInstant()
        // The clock is set back: the end is shown twice, and the first one is over.
        : found.withLaterOffsetAtOverlap().toInstant();
  }
}
