package chat.switchboard.outbound;

import chat.switchboard.mongo.SeldomWhileIdle;
import chat.switchboard.ops.Cause;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Reports today's spending to operators and as metrics. */
@ApplicationScoped
public class SpendReport {

  private static final Logger LOG = Logger.getLogger(SpendReport.class);

  private final SpendLedger ledger;
  private final SendingSwitch sending;
  private final SpendDestinations destinations;
  private volatile double segments;
  private volatile double people;
  private volatile double paused;

  SpendReport(
      SpendLedger ledger,
      SendingSwitch sending,
      SpendDestinations destinations,
      SpendConfig limits,
      MeterRegistry meters) {
    this.ledger = ledger;
    this.sending = sending;
    this.destinations = destinations;
    Gauge.builder("switchboard.spend.segments", this, it -> it.segments).register(meters);
    Gauge.builder("switchboard.spend.segments.limit", () -> limit(limits.segmentsPerDay()))
        .register(meters);
    Gauge.builder("switchboard.spend.people", this, it -> it.people).register(meters);
    Gauge.builder("switchboard.spend.people.limit", () -> limit(limits.newPeoplePerDay()))
        .register(meters);
    Gauge.builder("switchboard.spend.paused", this, it -> it.paused).register(meters);
    for (SpendReason reason : SpendReason.values()) {
      meters.counter("switchboard.spend.blocked", "reason", reason.label());
    }
  }

  private static double limit(int configured) {
    return configured < 0 ? Double.POSITIVE_INFINITY : configured;
  }

  /**
   * The spending of today.
   *
   * @param day the UTC day, {@code 2026-01-31}
   * @param endsAt the time at which the counters restart
   * @param pausedSince the begin of the pause, if sending is paused
   * @param segments the queued segments
   * @param people new people who got an answer
   * @param owners the owners with most segments
   * @param blocked refused texts, by reason
   * @param countries the allowed countries; empty for every country, if no number is configured
   */
  public record Today(
      String day,
      Instant endsAt,
      Optional<Date> pausedSince,
      long segments,
      long people,
      List<OwnerUse> owners,
      Map<String, Long> blocked,
      Set<String> countries) {}

  /** The segments of one owner. */
  public record OwnerUse(String owner, long segments) {}

  /** Returns the spending of today. */
  public Uni<Today> today() {
    return Uni.combine()
        .all()
        .unis(ledger.read(), sending.pausedSince())
        .asTuple()
        .map(
            found ->
                new Today(
                    ledger.today().toString(),
                    ledger.nextDay(),
                    found.getItem2(),
                    found.getItem1().segments(),
                    found.getItem1().people(),
                    found.getItem1().owners().stream()
                        .map(one -> new OwnerUse(one.owner(), one.segments()))
                        .toList(),
                    found.getItem1().blocked(),
                    destinations.countries()))
        .invoke(today -> measure(today));
  }

  private void measure(Today today) {
    segments = today.segments();
    people = today.people();
    paused = today.pausedSince().isPresent() ? 1 : 0;
  }

  @Scheduled(
      every = "15s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = SeldomWhileIdle.class)
  Uni<Void> measure() {
    return today()
        .replaceWithVoid()
        .onFailure()
        .invoke(failure -> LOG.debugf("Reading the spend counters failed: %s", Cause.of(failure)))
        .onFailure()
        .recoverWithNull();
  }
}
