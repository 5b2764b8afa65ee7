package chat.switchboard.outbound;

import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeasedWorkers;
import chat.switchboard.mongo.WorkerPolicy;
import chat.switchboard.mongo.WorkerPolicy.DuringRound;
import chat.switchboard.mongo.WorkerRegistry;
import chat.switchboard.ops.Periodic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Sees to it that what is queued is sent: at once what is queued here, and within seconds what
 * another replica has left behind. While nothing is due, that is one look into an index that is
 * empty then.
 */
@ApplicationScoped
class Dispatcher {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(Dispatcher.class), "Scanning the outbox");

  private static final int AT_ONCE = 256;

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          // A lane that has sent everything has no use for the lease.
          Duration.ZERO,
          // One replica is as fast as two: the rate is the number's.
          Optional.empty(),
          // The holder sends our texts too; a replica that died is noticed within a second more.
          Duration.ofSeconds(1),
          Duration.ZERO,
          // A text in hand is noted, also by a replica that has lost the lease meanwhile.
          DuringRound.RENEW);

  private final SendAttempts attempts;
  private final Clock clock;
  private final WorkerRegistry<SenderLane> lanes;
  private final AtomicLong oldestSince = new AtomicLong();
  private volatile boolean stopping;

  Dispatcher(
      LeasedWorkers workers,
      SenderLaneFactory factory,
      SendAttempts attempts,
      SendRates rates,
      Clock clock,
      MeterRegistry meters) {
    this.attempts = attempts;
    this.clock = clock;
    this.lanes =
        workers.onOwnContext(
            POLICY,
            new LeasedWorkers.Kind<>() {
              @Override
              public LeaseKey key(String sender) {
                return LeaseKey.sender(sender);
              }

              @Override
              public SenderLane round(String sender) {
                return factory.lane(sender);
              }

              @Override
              public void removed(String sender) {
                rates.forgetIfIdle(sender);
              }
            });
    Gauge.builder("switchboard.outbox.oldest.seconds", this, Dispatcher::oldestSeconds)
        .register(meters);
  }

  void onQueued(@Observes TextQueued queued) {
    wake(queued.sender());
  }

  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    stopping = true;
    lanes.stop();
  }

  private void wake(String sender) {
    if (!stopping) {
      lanes.wake(sender);
    }
  }

  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> sweep() {
    return PERIODIC.run(
        attempts.dueSenders(lanes.names(), AT_ONCE).invoke(senders -> senders.forEach(this::wake)));
  }

  /** Texts of which nothing was heard are for a person to decide. */
  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> settle() {
    return PERIODIC.run(
        attempts
            .unsettled(AT_ONCE)
            .onItem()
            .transformToMulti(entries -> Multi.createFrom().iterable(entries))
            .onItem()
            .transformToUniAndConcatenate(
                entry ->
                    attempts.dead(
                        entry,
                        "Nothing was heard of it: it may have gone or not. Look at Twilio's log"
                            + " before it is requeued"))
            .collect()
            .asList());
  }

  @Scheduled(every = "30s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> measure() {
    return PERIODIC.run(
        attempts.oldest().invoke(oldest -> oldestSince.set(oldest.map(Date::getTime).orElse(0L))));
  }

  private double oldestSeconds() {
    long since = oldestSince.get();
    return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1000.0;
  }
}
