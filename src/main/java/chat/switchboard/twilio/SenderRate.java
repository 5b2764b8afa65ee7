package chat.switchboard.twilio;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.http.LimitsConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Limits the texts of a sender that are answered: a text above the limit is stored but not
 * answered.
 */
@ApplicationScoped
class SenderRate {

  private static final Logger LOG = Logger.getLogger(SenderRate.class);

  private final FixedWindowLimiter limiter;
  private final Counter over;

  SenderRate(LimitsConfig config, Clock clock, MeterRegistry meters) {
    this.limiter = new FixedWindowLimiter(config.smsPerMinute(), Duration.ofMinutes(1), clock);
    this.over = meters.counter("switchboard.sms.over.rate");
  }

  /** Counts a text of this sender, after the check of the signature. */
  boolean allows(String from) {
    boolean allowed = limiter.allows(PhoneAddress.of(from).account());
    if (!allowed) {
      over.increment();
      LOG.infof(
          "%s sends more texts in a minute than Switchboard answers "
              + "(switchboard.limits.sms-per-minute).",
          Mask.phone(from));
    }
    return allowed;
  }
}
