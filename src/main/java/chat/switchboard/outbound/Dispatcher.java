package chat.switchboard.outbound;

import chat.switchboard.mongo.LeaseConfig;
import chat.switchboard.mongo.Leases;
import chat.switchboard.ops.Cause;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Sees to it that what is queued is sent: at once what is queued here, and within seconds what
 * another replica has left behind. While nothing is due, that is one look into an index that is
 * empty then.
 */
@ApplicationScoped
class Dispatcher {

  private static final Logger LOG = Logger.getLogger(Dispatcher.class);
  private static final int AT_ONCE = 256;

  final SendAttempts handover;
  final Outbox outbox;
  final OptOuts optOuts;
  final SendingSwitch sending;
  final Carrier carrier;
  final Leases leases;
  final Vertx vertx;
  final Duration lease;
  final Duration longestSend;
  private final OutboxConfig outboxConfig;
  private final Clock clock;
  private final ConcurrentHashMap<String, SenderLane> lanes = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, SendRate> paces = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Long> timers = new ConcurrentHashMap<>();
  private final AtomicLong oldestSince = new AtomicLong();
  private volatile boolean stopping;

  Dispatcher(
      SendAttempts handover,
      Outbox outbox,
      OptOuts optOuts,
      SendingSwitch sending,
      Carrier carrier,
      Leases leases,
      Vertx vertx,
      LeaseConfig leaseConfig,
      CarrierConfig carrierConfig,
      OutboxConfig outboxConfig,
      Clock clock,
      MeterRegistry meters) {
    this.handover = handover;
    this.outbox = outbox;
    this.optOuts = optOuts;
    this.sending = sending;
    this.carrier = carrier;
    this.leases = leases;
    this.vertx = vertx;
    this.outboxConfig = outboxConfig;
    this.clock = clock;
    this.lease = leaseConfig.lease();
    // Twice what may be silent: an answer may come in pieces.
    this.longestSend =
        carrierConfig.connectTimeout().plus(carrierConfig.readTimeout().multipliedBy(2));
    Gauge.builder("switchboard.outbox.oldest.seconds", this, Dispatcher::oldestSeconds)
        .register(meters);
  }

  void onQueued(@Observes TextQueued queued) {
    wake(queued.sender());
  }

  void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) {
    stopping = true;
    lanes.values().forEach(SenderLane::wake);
  }

  boolean isStopping() {
    return stopping;
  }

  /** There is something to send from this number. */
  void wake(String sender) {
    if (stopping) {
      return;
    }
    lanes.compute(
        sender,
        (number, lane) -> {
          SenderLane there = lane == null ? new SenderLane(number, this) : lane;
          there.wake();
          return there;
        });
  }

  /** One timer for each number: the newest knows best. */
  void wakeLater(String sender, Duration pause) {
    timers.compute(
        sender,
        (number, before) -> {
          if (before != null) {
            vertx.cancelTimer(before);
          }
          return vertx.setTimer(
              Math.max(1, pause.toMillis()),
              timer -> {
                timers.remove(number, timer);
                wake(number);
              });
        });
  }

  /** The lane has nothing to do any more, unless it was woken just now. */
  void remove(SenderLane lane) {
    lanes.computeIfPresent(
        lane.sender,
        (number, there) -> {
          if (there != lane || !lane.isIdle()) {
            return there;
          }
          paces.computeIfPresent(number, (same, pace) -> pace.isIdle() ? null : pace);
          return null;
        });
  }

  /** On a context of its own, which Panache wants for what runs on the event loop. */
  void elsewhere(Runnable work) {
    VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext())
        .runOnContext(now -> work.run());
  }

  SendRate pace(String sender) {
    return paces.computeIfAbsent(
        sender,
        number -> new SendRate(outboxConfig.segmentsPerSecond(), outboxConfig.maxBackoff()));
  }

  long now() {
    return clock.millis();
  }

  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> sweep() {
    return handover
        .dueSenders(lanes.keySet(), AT_ONCE)
        .invoke(senders -> senders.forEach(this::wake))
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(this::unreadable);
  }

  /** Texts of which nothing was heard are for a person to decide. */
  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> settle() {
    return handover
        .unsettled(AT_ONCE)
        .onItem()
        .transformToMulti(entries -> Multi.createFrom().iterable(entries))
        .onItem()
        .transformToUniAndConcatenate(
            entry ->
                handover.dead(
                    entry,
                    "Nothing was heard of it: it may have gone or not. Look at Twilio's log before"
                        + " it is requeued"))
        .collect()
        .asList()
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(this::unreadable);
  }

  @Scheduled(every = "30s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> measure() {
    return handover
        .oldest()
        .invoke(oldest -> oldestSince.set(oldest.map(java.util.Date::getTime).orElse(0L)))
        .replaceWithVoid()
        .onFailure()
        .recoverWithUni(this::unreadable);
  }

  private double oldestSeconds() {
    long since = oldestSince.get();
    return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1000.0;
  }

  private Uni<Void> unreadable(Throwable failure) {
    LOG.debugf("Scanning the outbox failed: %s", Cause.of(failure));
    return Uni.createFrom().voidItem();
  }
}
