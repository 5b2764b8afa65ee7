package chat.switchboard.hooks;

import chat.switchboard.http.ProblemException;
import chat.switchboard.inbound.Inbox;
import chat.switchboard.mongo.LeaseConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The deliveries of hooks, for operators. */
@ApplicationScoped
public class HookDeliveries {

  private final DeliveryStore store;
  private final HookDirectory hooks;
  private final HookProcessor processor;
  private final Inbox inbox;
  private final LeaseConfig leaseConfig;
  private final Clock clock;

  HookDeliveries(
      DeliveryStore store,
      HookDirectory hooks,
      HookProcessor processor,
      Inbox inbox,
      LeaseConfig leaseConfig,
      Clock clock) {
    this.store = store;
    this.hooks = hooks;
    this.processor = processor;
    this.inbox = inbox;
    this.leaseConfig = leaseConfig;
    this.clock = clock;
  }

  /**
   * Returns the stored name of a state.
   *
   * @return fails with a {@link ProblemException} (400) if there is no such state
   */
  public static String state(String name) {
    return Arrays.stream(DeliveryState.values())
        .map(DeliveryState::name)
        .filter(state -> state.equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.of(
                    400,
                    "state must be one of "
                        + Arrays.stream(DeliveryState.values())
                            .map(state -> state.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "))));
  }

  /** The deliveries of a hook, the newest first; without bodies above 32 KiB. */
  public Uni<List<DeliveryEntity>> list(
      String hook, Optional<String> state, int offset, int limit) {
    return store.newest(hook, state, offset, limit);
  }

  /** The number of deliveries, at most as the other lists count. */
  public Uni<Long> count(String hook, Optional<String> state) {
    return store.count(hook, state);
  }

  /** A delivery of a hook with its body. */
  public Uni<Optional<DeliveryEntity>> find(String hook, String id) {
    return store
        .findById(id)
        .map(found -> Optional.ofNullable(found).filter(delivery -> hook.equals(delivery.hook)));
  }

  /**
   * Processes a failed or skipped delivery again, with the hook as it is now.
   *
   * @return the delivery with its new state; fails with a {@link ProblemException}: 404, or 409 if
   *     the delivery is in its conversation, waits, or has no body any more
   */
  public Uni<DeliveryEntity> replay(String hook, String id) {
    return find(hook, id)
        .flatMap(
            found -> {
              DeliveryEntity delivery = found.orElseThrow(HookDeliveries::unknown);
              if (delivery.body == null) {
                throw ProblemException.of(409, "The body of the delivery is no longer kept");
              }
              return hooks.find(hook);
            })
        .flatMap(
            active ->
                active.map(there -> replay(there.hook(), id)).orElseThrow(HookDeliveries::unknown));
  }

  private Uni<DeliveryEntity> replay(Hook hook, String id) {
    return store
        .reopen(id, clock.instant().plus(leaseConfig.lease()))
        .flatMap(
            reopened -> {
              DeliveryEntity delivery =
                  reopened.orElseThrow(
                      () ->
                          ProblemException.of(
                              409, "The delivery is in its conversation, or waits"));
              // A dead letter of the inbox waits again; its message keeps its id.
              String entry = HookKeys.message(hook.name(), delivery.deliveryId).toString();
              return inbox
                  .requeue(entry)
                  .flatMap(done -> processor.process(hook.withoutDigest(), delivery));
            });
  }

  private static ProblemException unknown() {
    return ProblemException.of(404, "The hook has no delivery with this id");
  }
}
