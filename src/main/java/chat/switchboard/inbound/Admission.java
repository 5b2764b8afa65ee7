package chat.switchboard.inbound;

import chat.switchboard.http.LimitsConfig;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.Receipt.Reason;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Bounds the messages in flight, and counts and logs their receipts. */
@Singleton
class Admission {

  private final LimitsConfig config;
  private final MeterRegistry meters;
  private final AtomicInteger inFlight = new AtomicInteger();

  Admission(LimitsConfig config, MeterRegistry meters) {
    this.config = config;
    this.meters = meters;
    Gauge.builder("switchboard.messages.in.flight", inFlight, AtomicInteger::get).register(meters);
  }

  /** Takes the message, unless too many messages are in flight. */
  Uni<Receipt> admit(InboundMessage message, Supplier<Uni<Receipt>> take) {
    if (inFlight.incrementAndGet() > config.inFlight()) {
      inFlight.decrementAndGet();
      return counted(message, Uni.createFrom().item(new Receipt.Refused(Reason.BUSY)));
    }
    // Deferred: a failure before the first step also frees the place.
    return counted(message, Uni.createFrom().deferred(take::get))
        .onTermination()
        .invoke(inFlight::decrementAndGet);
  }

  private Uni<Receipt> counted(InboundMessage message, Uni<Receipt> receipt) {
    String door = message.destination() instanceof ToConversation ? "conversation" : "contact";
    long begin = System.nanoTime();
    return receipt.invoke(
        given -> {
          meters
              .counter("switchboard.messages", "door", door, "outcome", given.outcome())
              .increment();
          MessageLog.answered(message, given, Duration.ofNanos(System.nanoTime() - begin));
        });
  }
}
