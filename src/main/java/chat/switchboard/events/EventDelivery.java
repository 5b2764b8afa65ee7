package chat.switchboard.events;

import chat.switchboard.events.SendResult.Delivered;
import chat.switchboard.events.SendResult.Failed;
import chat.switchboard.mongo.Next;
import chat.switchboard.ops.FaultPoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/** Sends the due events of one receiver: of each lane the oldest, several lanes at once. */
@Singleton
class EventDelivery {

  private static final Logger LOG = Logger.getLogger(EventDelivery.class);

  /** How many due events are read at once, to find lanes that can go on. */
  private static final int LOOKED_AT = 500;

  /** The maximum number of lanes from which one round sends events. */
  private static final int LANES = 16;

  private static final int AT_ONCE = 4;

  private static final Duration LONGEST_REST = Duration.ofMinutes(1);

  private final EventStore events;
  private final EndpointStore health;
  private final EventSender sender;
  private final Clock clock;
  private final RandomGenerator random;
  private final MeterRegistry meters;

  EventDelivery(
      EventStore events,
      EndpointStore health,
      EventSender sender,
      Clock clock,
      RandomGenerator random,
      MeterRegistry meters) {
    this.events = events;
    this.health = health;
    this.sender = sender;
    this.clock = clock;
    this.random = random;
    this.meters = meters;
  }

  /** Sends the due events, and returns the time of the next round. */
  Uni<Next> round(EventEndpoint endpoint) {
    return health
        .find(endpoint)
        .flatMap(
            known ->
                known.filter(one -> one.offSince != null).isPresent()
                    ? drop(endpoint)
                    : events
                        .due(endpoint.name(), clock.instant(), LOOKED_AT)
                        .flatMap(due -> send(endpoint, due, known.isPresent())));
  }

  private Uni<Next> drop(EventEndpoint endpoint) {
    return events
        .dropAll(endpoint.name(), "The receiver is switched off", clock.instant())
        .invoke(dropped -> count("dropped", dropped))
        .replaceWith(new Next.Idle());
  }

  private Uni<Next> send(EventEndpoint endpoint, List<EventEntity> due, boolean isFailing) {
    Map<String, EventEntity> lanes = new LinkedHashMap<>();
    due.forEach(event -> lanes.putIfAbsent(event.lane, event));
    if (lanes.isEmpty()) {
      return rest(endpoint);
    }
    return Multi.createFrom()
        .iterable(lanes.values().stream().limit(LANES).toList())
        .onItem()
        .transformToUni(event -> step(endpoint, event, isFailing))
        .merge(AT_ONCE)
        .collect()
        .asList()
        .replaceWith(Next.Again.NOW);
  }

  private Uni<Next> rest(EventEndpoint endpoint) {
    return events
        .next(endpoint.name())
        .map(
            next ->
                next.<Next>map(
                        at ->
                            new Next.RetryAfter(
                                between(Duration.between(clock.instant(), at.toInstant()))))
                    .orElseGet(Next.Idle::new));
  }

  private static Duration between(Duration until) {
    if (until.compareTo(Duration.ofMillis(50)) < 0) {
      return Duration.ofMillis(50);
    }
    return until.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : until;
  }

  /** An event that is not the oldest of its lane waits for the oldest. */
  private Uni<Void> step(EventEndpoint endpoint, EventEntity due, boolean isFailing) {
    return events
        .head(endpoint.name(), due.lane)
        .flatMap(
            found -> {
              if (found.isEmpty()) {
                return Uni.createFrom().voidItem();
              }
              EventEntity head = found.get();
              return head.nextAttemptAt.toInstant().isAfter(clock.instant())
                  ? events.postponeLane(endpoint.name(), due.lane, head.nextAttemptAt)
                  : attempt(endpoint, head, isFailing);
            });
  }

  private Uni<Void> attempt(EventEndpoint endpoint, EventEntity event, boolean isFailing) {
    return sender
        .send(endpoint, event.eventId, event.body)
        .flatMap(
            result -> {
              if (result instanceof Delivered) {
                FaultPoint.reached("event sent");
                return delivered(endpoint, event, isFailing);
              }
              return result instanceof Failed failed
                  ? failed(endpoint, event, failed)
                  : gone(endpoint);
            });
  }

  private Uni<Void> delivered(EventEndpoint endpoint, EventEntity event, boolean isFailing) {
    count("delivered", 1);
    return events
        .finish(event.id, EventState.DELIVERED, event.attempts + 1, null, clock.instant())
        .chain(() -> events.releaseLane(endpoint.name(), event.lane, Date.from(clock.instant())))
        .chain(() -> isFailing ? health.healthy(endpoint) : Uni.createFrom().voidItem());
  }

  private Uni<Void> failed(EventEndpoint endpoint, EventEntity event, Failed failed) {
    int attempts = event.attempts + 1;
    Instant now = clock.instant();
    LOG.warnf(
        "Attempt %d to send the event %s to %s failed: %s",
        attempts, event.eventId, endpoint, failed.cause());
    Optional<Duration> pause =
        EventRetries.delay(attempts, random.nextDouble())
            .map(delay -> failed.after().filter(after -> after.compareTo(delay) > 0).orElse(delay));
    Uni<Void> noted =
        pause.isPresent()
            ? events
                .retry(event.id, attempts, Date.from(now.plus(pause.get())), failed.cause())
                .chain(
                    () ->
                        events.postponeLane(
                            endpoint.name(), event.lane, Date.from(now.plus(pause.get()))))
            : events
                .finish(event.id, EventState.FAILED, attempts, failed.cause(), now)
                .chain(() -> events.releaseLane(endpoint.name(), event.lane, Date.from(now)));
    count(pause.isPresent() ? "retried" : "failed", 1);
    return noted
        .chain(() -> health.failed(endpoint, failed.cause(), now))
        .flatMap(
            since ->
                EventRetries.isSwitchedOff(since, now)
                    ? switchOff(
                        endpoint, "No event arrived for 5 days. Last failure: " + failed.cause())
                    : Uni.createFrom().voidItem());
  }

  private Uni<Void> gone(EventEndpoint endpoint) {
    return switchOff(endpoint, "The receiver answered with status 410: it wants no more events");
  }

  private Uni<Void> switchOff(EventEndpoint endpoint, String cause) {
    LOG.errorf(
        "The receiver %s gets no more events and its waiting events are dropped: %s",
        endpoint, cause);
    return health.switchOff(endpoint, cause, clock.instant());
  }

  private void count(String outcome, long events) {
    meters.counter("switchboard.events", "outcome", outcome).increment((double) events);
  }
}
