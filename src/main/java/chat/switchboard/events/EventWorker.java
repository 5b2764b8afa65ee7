package chat.switchboard.events;

import chat.switchboard.mongo.Lease;
import chat.switchboard.mongo.LeaseKey;
import chat.switchboard.mongo.LeasedWorkers;
import chat.switchboard.mongo.Next;
import chat.switchboard.mongo.Round;
import chat.switchboard.mongo.UpcomingWork;
import chat.switchboard.mongo.WhileIdle;
import chat.switchboard.mongo.WorkerPolicy;
import chat.switchboard.mongo.WorkerPolicy.DuringRound;
import chat.switchboard.mongo.WorkerRegistry;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Periodic;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Sends the events of each receiver, in one replica at a time. */
@Singleton
class EventWorker implements UpcomingWork {

  private static final Logger LOG = Logger.getLogger(EventWorker.class);
  private static final Periodic PERIODIC = new Periodic(LOG, "Scanning the events");

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          Duration.ZERO,
          // The holder sends what another replica has kept as well.
          Optional.empty(),
          // Not used: the sweep tries again what another replica is at.
          Duration.ofSeconds(1),
          Duration.ZERO,
          false,
          DuringRound.RENEW_OR_CANCEL);

  private final EventEndpoints endpoints;
  private final EventStore events;
  private final Clock clock;
  private final WorkerRegistry<Sending> workers;
  private volatile boolean stopping;

  EventWorker(
      LeasedWorkers workers,
      EventEndpoints endpoints,
      EventStore events,
      EventDelivery delivery,
      Clock clock) {
    this.endpoints = endpoints;
    this.events = events;
    this.clock = clock;
    this.workers =
        workers.onOwnContext(
            POLICY,
            new LeasedWorkers.Kind<>() {
              @Override
              public LeaseKey key(String name) {
                return LeaseKey.job("events:" + name);
              }

              @Override
              public Sending round(String name) {
                return new Sending(name, endpoints, delivery);
              }
            });
  }

  void onStop(@Observes ShutdownEvent event) {
    stopping = true;
    workers.stop();
  }

  /** Looks for due events of this receiver. */
  void wake(String endpoint) {
    if (!stopping) {
      workers.wake(endpoint);
    }
  }

  /** Finds the events that another replica has kept or left, and those that are due again. */
  @Scheduled(
      every = "2s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = WhileIdle.class)
  Uni<Void> sweep() {
    return endpoints.all().isEmpty()
        ? Uni.createFrom().voidItem()
        : PERIODIC.run(
            Multi.createFrom()
                .iterable(endpoints.all())
                .onItem()
                .transformToUniAndConcatenate(this::look)
                .collect()
                .asList());
  }

  private Uni<Optional<Date>> look(EventEndpoint endpoint) {
    return events
        .next(endpoint.name())
        .invoke(
            next ->
                next.filter(at -> !at.after(Date.from(clock.instant())))
                    .ifPresent(due -> wake(endpoint.name())));
  }

  /** An event of a receiver that is not configured any more is never due. */
  @Override
  public Uni<Boolean> isDueBefore(Date moment) {
    return Multi.createFrom()
        .iterable(endpoints.all())
        .onItem()
        .transformToUniAndConcatenate(endpoint -> events.next(endpoint.name()))
        .select()
        .where(next -> next.filter(at -> at.before(moment)).isPresent())
        .toUni()
        .map(due -> due != null);
  }

  /** The events of one receiver. */
  private record Sending(String name, EventEndpoints endpoints, EventDelivery delivery)
      implements Round {

    @Override
    public Optional<Next> insteadOfRound() {
      return endpoints.find(name).isEmpty() ? Optional.of(new Next.Idle()) : Optional.empty();
    }

    @Override
    public Uni<Next> run(Lease lease) {
      return delivery.round(endpoints.find(name).orElseThrow());
    }

    @Override
    public Uni<Boolean> isStillWaiting() {
      return Uni.createFrom().item(false);
    }

    @Override
    public Next failed(Throwable failure) {
      LOG.warnf("Sending the events to %s failed and will be retried: %s", name, Cause.of(failure));
      return new Next.RetryAfter(Duration.ofSeconds(2));
    }
  }
}
