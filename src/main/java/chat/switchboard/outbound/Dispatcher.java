package chat.switchboard.outbound;

import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeasedWorkers;
import chat.switchboard.mongo.WhileIdle;
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
 * Starts the sending of queued texts: at once for a text that this process queues, and within
 * seconds for a text that another replica has left. While no text is due, a scan is one read of an
 * empty index.
 */
@ApplicationScoped
class Dispatcher {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(Dispatcher.class), "Scanning the outbox");

  private static final int AT_ONCE = 256;

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          // A lane that has sent all its texts needs no lease.
          Duration.ZERO,
          // One replica is as fast as two: the rate is limited by the number.
          Optional.empty(),
          // The holder also sends the texts of this process; the lease of a dead replica is noticed
          // within a further second.
          Duration.ofSeconds(1),
          Duration.ZERO,
          // The result of a request to Twilio is stored, also by a replica that has lost the lease.
          false,
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
            POLICY, LeasedWorkers.Kind.of(LeaseKey::sender, factory::lane, rates::forgetIfIdle));
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

  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    return PERIODIC.run(
        entries
            .dueSenders(now(), lanes.names(), AT_ONCE)
            .invoke(senders -> senders.forEach(this::wake)));
  }

  /** Makes ambiguous texts without a status callback dead letters, for an operator to decide. */
  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
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
