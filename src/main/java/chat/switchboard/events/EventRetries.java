package chat.switchboard.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When an outgoing event is tried again: the schedule that Standard Webhooks recommends, with
 * jitter of a tenth in both directions, so that many events do not come back at one moment.
 */
final class EventRetries {

  private static final List<Duration> DELAYS =
      List.of(
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(10));

  /** After this time without a success the endpoint is switched off. */
  static final Duration SWITCHED_OFF_AFTER = Duration.ofDays(5);

  private EventRetries() {}

  /**
   * The delay before the next try; empty if there is none.
   *
   * @param failed how many tries have failed, at least 1
   * @param random a number from 0 (inclusive) to 1 (exclusive)
   */
  static Optional<Duration> delay(int failed, double random) {
    if (failed < 1 || failed > DELAYS.size()) {
      return Optional.empty();
    }
    long millis = DELAYS.get(failed - 1).toMillis();
    return Optional.of(Duration.ofMillis(Math.round(millis * (0.9 + 0.2 * random))));
  }

  /** Whether the endpoint is switched off: it has failed since this time without a success. */
  static boolean isSwitchedOff(Instant failingSince, Instant now) {
    return !now.isBefore(failingSince.plus(SWITCHED_OFF_AFTER));
  }
}
