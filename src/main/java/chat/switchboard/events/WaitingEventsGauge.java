package chat.switchboard.events;

import chat.switchboard.mongo.SeldomWhileIdle;
import chat.switchboard.ops.Periodic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/** Counts the waiting events of each receiver; 1,001 means more than 1,000. */
@Singleton
class WaitingEventsGauge {

  private static final Periodic PERIODIC =
      new Periodic(Logger.getLogger(WaitingEventsGauge.class), "Counting the waiting events");

  private final EventStore events;
  private final Map<String, AtomicLong> waiting = new TreeMap<>();

  WaitingEventsGauge(EventEndpoints endpoints, EventStore events, MeterRegistry meters) {
    this.events = events;
    endpoints.all().forEach(endpoint -> waiting.put(endpoint.name(), new AtomicLong()));
    waiting.forEach(
        (name, count) ->
            Gauge.builder("switchboard.events.waiting", count, AtomicLong::get)
                .tag("receiver", name)
                .register(meters));
  }

  @Scheduled(
      every = "30s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = SeldomWhileIdle.class)
  Uni<Void> count() {
    return PERIODIC.run(
        Multi.createFrom()
            .iterable(waiting.entrySet())
            .onItem()
            .transformToUniAndConcatenate(
                one -> events.waiting(one.getKey()).invoke(one.getValue()::set))
            .collect()
            .asList());
  }
}
