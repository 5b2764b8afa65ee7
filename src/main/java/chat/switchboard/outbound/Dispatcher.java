package chat.switchboard.outbound;

import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeasedWorkers;
import chat.switchboard.mongo.WorkerPolicy;
import chat.switchboard.mongo.WorkerPolicy.DuringRound;
import chat.switchboard.mongo.WorkerRegistry;
import chat.switchboard.ops.Periodic;
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

  private final OutboxEntries entries;
  private final SendAttempts attempts;
  private final Clock clock;
  private final WorkerRegistry<SenderLane> lanes;
  private volatile boolean stopping;

  Dispatcher(
      LeasedWorkers workers,
      SenderLaneFactory factory,
      OutboxEntries entries,
      SendAttempts attempts,
      SendRates rates,
      Clock clock) {
    this.entries = entries;
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
        entries
            .dueSenders(now(), lanes.names(), AT_ONCE)
            .invoke(senders -> senders.forEach(this::wake)));
  }

  /** Makes ambiguous texts without a status callback dead letters, for an operator to decide. */
  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> settle() {
    return PERIODIC.run(
        entries
            .unsettled(now(), AT_ONCE)
            .onItem()
            .transformToMulti(entries -> Multi.createFrom().iterable(entries))
            .onItem()
            .transformToUniAndConcatenate(
                entry ->
                    attempts.dead(
                        entry,
                        "No status callback arrived; whether Twilio sent the text is unknown. Check"
                            + " Twilio's log before you requeue the text"))
            .collect()
            .asList());
  }

  private Date now() {
    return new Date(clock.millis());
  }
}
