package chat.switchboard.outbound;

import chat.switchboard.mongo.SeldomWhileIdle;
import chat.switchboard.ops.Periodic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Measures the age of the oldest queued text, in seconds; 0 if no text is queued. */
@ApplicationScoped
class OldestTextGauge {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(OldestTextGauge.class), "Measuring the age of queued texts");

  private final OutboxEntries entries;
  private final Clock clock;
  private final AtomicLong oldestSince = new AtomicLong();

  OldestTextGauge(OutboxEntries entries, Clock clock, MeterRegistry meters) {
    this.entries = entries;
    this.clock = clock;
    Gauge.builder("switchboard.outbox.oldest.seconds", this, OldestTextGauge::seconds)
        .register(meters);
  }

  @Scheduled(
      every = "30s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = SeldomWhileIdle.class)
  Uni<Void> measure() {
    return PERIODIC.run(
        entries
            .oldestQueued()
            .invoke(oldest -> oldestSince.set(oldest.map(Date::getTime).orElse(0L))));
  }

  private double seconds() {
    long since = oldestSince.get();
    return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1000.0;
  }
}
