package chat.switchboard.stream;

import chat.switchboard.stream.Subscription.End;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The metrics of the streams. */
@ApplicationScoped
class StreamMetrics {

  private final MeterRegistry meters;
  private final Counter opened;
  private final Counter events;
  private final Counter replayed;
  private final Counter deferred;
  private final Timer fanOut;
  private final Map<End, Counter> closed;

  StreamMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.opened = meters.counter("switchboard.streams.opened");
    this.events = meters.counter("switchboard.streams.events");
    this.replayed = meters.counter("switchboard.streams.replayed");
    this.deferred = meters.counter("switchboard.streams.deferred");
    this.fanOut =
        Timer.builder("switchboard.streams.fanout")
            .description("Time from the announcement of a message to the write to the streams")
            .serviceLevelObjectives(
                Duration.ofNanos(100_000),
                Duration.ofNanos(250_000),
                Duration.ofNanos(500_000),
                Duration.ofMillis(1),
                Duration.ofNanos(2_500_000),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(100),
                Duration.ofSeconds(1))
            .register(meters);
    this.closed =
        Arrays.stream(End.values())
            .collect(
                Collectors.toMap(
                    Function.identity(),
                    end ->
                        meters.counter(
                            "switchboard.streams.closed",
                            "reason",
                            end.name().toLowerCase(Locale.ROOT))));
  }

  void watch(AtomicInteger open) {
    Gauge.builder("switchboard.streams.active", open, AtomicInteger::get).register(meters);
  }

  void opened() {
    opened.increment();
  }

  /** A client was told to come again later, because too many clients connect at once. */
  void deferred() {
    deferred.increment();
  }

  void closed(End end) {
    closed.get(end).increment();
  }

  void told(int streams, long nanos) {
    events.increment(streams);
    fanOut.record(nanos, TimeUnit.NANOSECONDS);
  }

  void replayed(int count) {
    replayed.increment(count);
  }
}
