package chat.switchboard.stream;

import chat.switchboard.ops.DatabaseBack;
import chat.switchboard.ops.SwitchboardConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** All open streams, found by their user. */
@ApplicationScoped
class Subscriptions {

  /** How often silence is looked for; the keep-alive is late by this at most. */
  private static final long TICK_MILLIS = 1_000;

  private final ConcurrentHashMap<String, Set<Subscription>> byUser = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final SwitchboardConfig.Stream config;
  private final Vertx vertx;
  private volatile boolean stopping;

  Subscriptions(SwitchboardConfig config, Vertx vertx, MeterRegistry meters) {
    this.config = config.stream();
    this.vertx = vertx;
    Gauge.builder("switchboard.streams.active", open, AtomicInteger::get).register(meters);
  }

  /** What came of asking for one more stream. */
  enum Admission {
    ADMITTED,
    TOO_MANY_FOR_USER,
    TOO_MANY,
    STOPPING
  }

  void onStart(@Observes StartupEvent event) {
    long silence = config.keepAlive().toNanos() - Duration.ofMillis(TICK_MILLIS).toNanos() / 2;
    vertx.setPeriodic(TICK_MILLIS, tick -> each(stream -> stream.keepAlive(silence)));
  }

  /** While the database was away, other replicas' messages and LibreChat's could not be seen. */
  void onDatabaseBack(@Observes DatabaseBack back) {
    each(stream -> stream.send(Frame.RESYNC));
  }

  /** The first sign of the end: readiness is down, and clients go elsewhere from now on. */
  void onStopping(@Observes ShutdownDelayInitiatedEvent event) {
    endAll();
  }

  void onStop(@Observes ShutdownEvent event) {
    endAll();
  }

  private void endAll() {
    stopping = true;
    each(stream -> stream.end(Frame.retry(jittered())));
  }

  private void each(Consumer<Subscription> action) {
    byUser.values().forEach(streams -> streams.forEach(action));
  }

  /** Many clients that lose one replica do not all come back in the same moment. */
  private Duration jittered() {
    long retry = config.retry().toMillis();
    return Duration.ofMillis(retry + ThreadLocalRandom.current().nextLong(retry + 1));
  }

  Admission add(Subscription stream) {
    if (stopping) {
      return Admission.STOPPING;
    }
    if (open.incrementAndGet() > config.maxTotal()) {
      open.decrementAndGet();
      return Admission.TOO_MANY;
    }
    boolean[] added = new boolean[1];
    byUser.compute(
        stream.user,
        (user, streams) -> {
          Set<Subscription> all = streams == null ? ConcurrentHashMap.newKeySet(1) : streams;
          added[0] = all.size() < config.maxPerUser() && all.add(stream);
          return all;
        });
    if (!added[0]) {
      open.decrementAndGet();
      return Admission.TOO_MANY_FOR_USER;
    }
    return Admission.ADMITTED;
  }

  void remove(Subscription stream) {
    byUser.computeIfPresent(
        stream.user,
        (user, streams) -> {
          if (streams.remove(stream)) {
            open.decrementAndGet();
          }
          return streams.isEmpty() ? null : streams;
        });
  }

  boolean anyFor(String user) {
    return byUser.containsKey(user);
  }

  void publish(String user, String conversationId, Buffer frame) {
    for (Subscription stream : byUser.getOrDefault(user, Set.of())) {
      if (stream.conversationId == null || stream.conversationId.equals(conversationId)) {
        stream.send(frame);
      }
    }
  }
}
