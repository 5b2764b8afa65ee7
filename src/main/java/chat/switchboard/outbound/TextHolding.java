package chat.switchboard.outbound;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/**
 * Decides until when a text is held: until its own time, or until the quiet hours of the person are
 * over. A setting with a fault stops the start with a sentence.
 */
@ApplicationScoped
class TextHolding {

  /** A person who wrote this recently is awake, and waits for an answer. */
  private static final Duration CONVERSATION = Duration.ofMinutes(10);

  private final Optional<QuietHours> hours;
  private final ZoneId otherwise;
  private final RecipientZones zones = new RecipientZones();
  private final RecentTexts recent;
  private final Clock clock;

  TextHolding(QuietHoursConfig config, RecentTexts recent, Clock clock) {
    this.hours = hours(config);
    this.otherwise = zone(config.quietHoursZone());
    this.recent = recent;
    this.clock = clock;
  }

  /** A fault shows at the start, and not at the first text. */
  void onStart(@Observes @Priority(2) StartupEvent event) {
    // The constructor has read the settings.
  }

  private static Optional<QuietHours> hours(QuietHoursConfig config) {
    try {
      return config.quietHours().filter(typed -> !typed.isBlank()).map(QuietHours::parse);
    } catch (IllegalArgumentException fault) {
      throw new ConfigurationException(fault.getMessage());
    }
  }

  private static ZoneId zone(String typed) {
    try {
      return ZoneId.of(typed.strip());
    } catch (DateTimeException unknown) {
      throw new ConfigurationException(
          "switchboard.quiet-hours-zone must be the name of a time zone such as Europe/Berlin.");
    }
  }

  /**
   * The reason why a text waits.
   *
   * @param until when the text is looked at again
   * @param cause one sentence
   */
  record Hold(Date until, String cause) {}

  /** Returns the hold of a new text; empty if the text goes at once. */
  Uni<Optional<Hold>> hold(SendTime time, String to) {
    return time.at()
        .filter(at -> at.isAfter(clock.instant()))
        .map(at -> new Hold(Date.from(at), "Waits for the time that the caller set"))
        .map(hold -> Uni.createFrom().item(Optional.of(hold)))
        .orElseGet(() -> time.quietHours() ? quiet(to) : none());
  }

  /** Returns the hold of a stored text at its turn; empty if the text goes now. */
  Uni<Optional<Hold>> hold(OutboxEntry entry) {
    return Boolean.TRUE.equals(entry.quietHours) ? quiet(entry.phoneNumber) : none();
  }

  private Uni<Optional<Hold>> quiet(String to) {
    Instant now = clock.instant();
    Optional<Hold> hold =
        hours.map(quiet -> loud(quiet, now, to)).filter(now::isBefore).map(TextHolding::quietUntil);
    return hold.isEmpty()
        ? none()
        : recent
            .hasWritten(to, now.minus(CONVERSATION))
            .map(written -> written ? Optional.empty() : hold);
  }

  /**
   * The zones of a number without an area can be spread so far that it is always quiet in one: the
   * configured zone counts then.
   */
  private Instant loud(QuietHours quiet, Instant now, String to) {
    List<ZoneId> known = zones.of(to);
    return Optional.of(known)
        .filter(found -> !found.isEmpty())
        .flatMap(found -> quiet.nextLoud(now, found))
        .or(() -> quiet.nextLoud(now, List.of(otherwise)))
        .orElse(now);
  }

  private static Hold quietUntil(Instant end) {
    return new Hold(
        Date.from(end),
        "Quiet hours of the person until " + end.truncatedTo(ChronoUnit.SECONDS) + " (UTC)");
  }

  private static Uni<Optional<Hold>> none() {
    return Uni.createFrom().item(Optional.empty());
  }
}
