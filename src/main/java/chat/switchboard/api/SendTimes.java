package chat.switchboard.api;

import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.SendTime;
import chat.switchboard.routing.CodesConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Checks the time of a text when the text is requested first: a repeated request is the same
 * request, also after its time.
 */
@ApplicationScoped
class SendTimes {

  /** The callers' clocks differ from ours. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final Duration FARTHEST = Duration.ofDays(30);

  private final CodesConfig codes;
  private final Clock clock;

  SendTimes(CodesConfig codes, Clock clock) {
    this.codes = codes;
    this.clock = clock;
  }

  /**
   * Returns the time of the text; a time that has just passed is now.
   *
   * @throws ProblemException 400 for a time in the past, too far ahead, or after the end of the
   *     code
   */
  SendTime checked(SmsOrderRequest request) {
    Optional<Instant> at = request.time().at();
    if (at.isEmpty()) {
      return request.time();
    }
    Instant now = clock.instant();
    if (at.get().isBefore(now.minus(SKEW))) {
      throw ProblemException.of(400, "sendAt must not be in the past");
    }
    if (at.get().isAfter(now.plus(FARTHEST).plus(SKEW))) {
      throw ProblemException.of(400, "sendAt must not be more than 30 days ahead");
    }
    if (request.includeCode() && at.get().isAfter(now.plus(codes.ttl()))) {
      throw ProblemException.of(
          400,
          "includeCode needs a sendAt at which the code is still valid (switchboard.codes.ttl)");
    }
    return new SendTime(at.filter(time -> time.isAfter(now)), request.time().quietHours());
  }
}
