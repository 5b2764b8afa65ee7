package chat.switchboard.outbound;

import chat.switchboard.mongo.Backoff;
import chat.switchboard.ops.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** The rates of all service numbers; a rate stays in memory longer than its lane. */
@ApplicationScoped
class SendRates {

  private static final Duration FIRST_REST = Duration.ofSeconds(1);

  private final double segmentsPerSecond;
  private final Backoff backoff;
  private final Timers timers;
  private final ConcurrentHashMap<String, SendRate> rates = new ConcurrentHashMap<>();

  SendRates(OutboxConfig config, Timers timers, RandomGenerator random) {
    this.segmentsPerSecond = config.segmentsPerSecond();
    this.backoff = new Backoff(FIRST_REST, config.maxBackoff(), random);
    this.timers = timers;
  }

  /** Returns the rate of this number. */
  SendRate of(String sender) {
    return rates.computeIfAbsent(
        sender, number -> new SendRate(segmentsPerSecond, backoff, timers::nanoTime));
  }

  /**
   * Forgets the rate of a number that does not send, unless the rate still delays the next text.
   */
  void forgetIfIdle(String sender) {
    rates.computeIfPresent(sender, (number, rate) -> rate.isIdle() ? null : rate);
  }
}
