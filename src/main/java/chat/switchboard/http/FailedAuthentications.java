package chat.switchboard.http;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;

/**
 * What a failed authentication is answered with: the door's own refusal, or, where one address
 * fails too often, 429. It is asked only after the check has failed, so that a burst of bad keys
 * never shuts out a caller with a good one.
 */
@ApplicationScoped
public class FailedAuthentications {

  private static final Duration LATER = Duration.ofSeconds(60);

  private final FixedWindowLimiter limiter;
  private final MeterRegistry meters;

  FailedAuthentications(LimitsConfig config, Clock clock, MeterRegistry meters) {
    this.limiter = new FixedWindowLimiter(config.failuresPerMinute(), Duration.ofMinutes(1), clock);
    this.meters = meters;
  }

  /**
   * @param door which door it was, for the metric
   * @param address the client's address, null where it is not known; an IPv6 address counts with
   *     its /64
   * @param refusal what the door answers
   */
  public ProblemException answer(String door, String address, ProblemException refusal) {
    meters.counter("switchboard.authentications.failed", "door", door).increment();
    return limiter.allows(ClientNetwork.of(address))
        ? refusal
        : ProblemException.later(429, "Too many failed attempts from your address", LATER);
  }
}
