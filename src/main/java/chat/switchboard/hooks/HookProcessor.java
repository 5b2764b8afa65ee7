package chat.switchboard.hooks;

import chat.switchboard.inbound.InboxEntry;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.ops.FaultPoint;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processes a kept delivery: renders its text, and appends it as a message, collects it for a
 * digest, or skips it. Each step can be repeated: the message has the same id each time.
 */
@ApplicationScoped
class HookProcessor {

  static final String GONE = "The message was in its conversation and has been deleted there.";

  /** Until the inbox is asked again for the message of a delivery. */
  private static final Duration WAIT = Duration.ofSeconds(20);

  private final HookRenderer renderer;
  private final HookWorkers workers;
  private final HookDigests digests;
  private final DeliveryStore store;
  private final Pipeline pipeline;
  private final MeterRegistry meters;
  private final Clock clock;

  HookProcessor(
      HookTemplates templates,
      HookWorkers workers,
      HookDigests digests,
      DeliveryStore store,
      Pipeline pipeline,
      MeterRegistry meters,
      Clock clock) {
    this.renderer = new HookRenderer(templates);
    this.workers = workers;
    this.digests = digests;
    this.store = store;
    this.pipeline = pipeline;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Processes a delivery that this replica has claimed.
   *
   * @return the delivery with its new state; {@link DeliveryState#ACCEPTED} if it waits
   */
  Uni<DeliveryEntity> process(Hook hook, DeliveryEntity delivery) {
    return workers
        .run(() -> render(hook, delivery))
        .flatMap(
            result -> {
              if (!DeliveryState.ACCEPTED.name().equals(delivery.state)) {
                return Uni.createFrom().item(delivery);
              }
              return hook.digest().isPresent()
                  ? digests
                      .add(hook, delivery)
                      .map(
                          id -> {
                            delivery.digestId = id;
                            return finished(
                                delivery,
                                DeliveryState.COLLECTED,
                                "Waits for the end of its digest.");
                          })
                  : pipeline
                      .receive(HookMessages.of(hook, delivery))
                      .invoke(() -> FaultPoint.reached("hook appended"))
                      .map(receipt -> noted(delivery, receipt));
            })
        .flatMap(noted -> store.note(noted).replaceWith(noted))
        .call(
            noted ->
                DeliveryState.COLLECTED.name().equals(noted.state)
                    ? digests.settle(noted.digestId)
                    : Uni.createFrom().voidItem())
        .invoke(
            noted ->
                meters
                    .counter(
                        "switchboard.hooks.processed",
                        "state",
                        noted.state.toLowerCase(Locale.ROOT))
                    .increment());
  }

  /** Fails a delivery for good. */
  Uni<DeliveryEntity> fail(DeliveryEntity delivery, String reason) {
    return store.note(finished(delivery, DeliveryState.FAILED, reason)).replaceWith(delivery);
  }

  private DeliveryEntity render(Hook hook, DeliveryEntity delivery) {
    Map<String, String> headers = new TreeMap<>();
    delivery.headers.forEach((name, value) -> headers.put(name, String.valueOf(value)));
    Payload payload = Payload.read(headers.getOrDefault("content-type", ""), delivery.body);
    HookRenderer.Result result;
    try {
      result = renderedTwice(hook, payload, headers, delivery.event);
    } catch (TemplateProblem problem) {
      return finished(delivery, DeliveryState.FAILED, problem.getMessage() + ".");
    }
    delivery.thread = result.address();
    delivery.title = result.title();
    delivery.text = result.text();
    if (result.matched()
        && payload.problem().isPresent()
        && (result.isSkipped() || !result.isComplete())) {
      delivery.text = "";
      return finished(delivery, DeliveryState.FAILED, payload.problem().get() + ".");
    }
    return result.isSkipped()
        ? finished(delivery, DeliveryState.SKIPPED, result.reason())
        : delivery;
  }

  /** A rendering that takes too long has a second attempt: the first one may load classes. */
  private HookRenderer.Result renderedTwice(
      Hook hook, Payload payload, Map<String, String> headers, String event) {
    try {
      return renderer.render(hook, payload, headers, event);
    } catch (TemplateProblem problem) {
      if (problem.isTooSlow()) {
        return renderer.render(hook, payload, headers, event);
      }
      throw problem;
    }
  }

  private DeliveryEntity noted(DeliveryEntity delivery, Receipt receipt) {
    if (receipt instanceof Receipt.Stored stored) {
      delivery.conversationId = stored.message().conversationId;
      delivery.messageId = stored.message().messageId;
      return finished(delivery, DeliveryState.APPENDED, null);
    }
    if (receipt instanceof Receipt.Kept kept) {
      if (kept.entry().state == InboxEntry.State.DEAD) {
        return finished(delivery, DeliveryState.FAILED, reason(kept.entry()));
      }
      delivery.reason = "The message waits in the inbox.";
      delivery.nextAttemptAt = Date.from(clock.instant().plus(WAIT));
      return delivery;
    }
    if (receipt instanceof Receipt.Refused refused) {
      return switch (refused.reason()) {
        case BUSY -> delivery;
        case GONE -> finished(delivery, DeliveryState.APPENDED, GONE);
        default ->
            finished(
                delivery,
                DeliveryState.FAILED,
                "The message was refused: " + receipt.outcome() + ".");
      };
    }
    return finished(delivery, DeliveryState.FAILED, "The message was refused.");
  }

  static String reason(InboxEntry entry) {
    return entry.error == null
        ? "The message is a dead letter in the inbox."
        : "The message is a dead letter in the inbox: " + entry.error;
  }

  private DeliveryEntity finished(DeliveryEntity delivery, DeliveryState state, String reason) {
    delivery.state = state.name();
    delivery.reason = reason;
    delivery.forgetAt = Date.from(clock.instant().plus(DeliveryRetention.KEPT));
    return delivery;
  }
}
