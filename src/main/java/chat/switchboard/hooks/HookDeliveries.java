package chat.switchboard.hooks;

import chat.switchboard.http.ProblemException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The deliveries of hooks, for operators. */
@ApplicationScoped
public class HookDeliveries {

  private final DeliveryStore store;

  HookDeliveries(DeliveryStore store) {
    this.store = store;
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

  /** Processes a failed or skipped delivery again. */
  public Uni<DeliveryEntity> replay(String hook, String id) {
    throw ProblemException.of(409, "later");
  }
}
