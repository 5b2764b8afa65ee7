package chat.switchboard.http;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;

/**
 * Chooses the response to a failed authentication: the door's own refusal, or 429 if one address
 * fails too often. The limit applies only after the check has failed, so that a burst of bad keys
 * never shuts out a caller with a good key.
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
   * @param door the door's name, for the metric
   * @param address the client's address, null if unknown; an IPv6 address counts with its /64
   * @param refusal the door's own response
   */
  public ProblemException answer(String door, String address, ProblemException refusal) {
    meters.counter("switchboard.authentications.failed", "door", door).increment();
    return limiter.allows(ClientNetwork.of(address))
        ? refusal
        : ProblemException.later(429, "Too many failed attempts from your address", LATER);
  }
}
