package chat.switchboard.hooks;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.LruMap;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** Deletes the oldest deliveries of a hook that exceeds its bounds, from time to time. */
@ApplicationScoped
class DeliveryTrim {

  private static final Logger LOG = Logger.getLogger(DeliveryTrim.class);

  /** The number of new deliveries, or 25 MiB of new bodies, after which a hook is trimmed. */
  private static final int EVERY = 100;

  private static final long EVERY_BYTES = DeliveryRetention.MOST_BYTES / 2;
  private static final int MOST_READ = DeliveryRetention.MOST + 2 * EVERY + 1_000;
  private static final int MOST_HOOKS = 1_000;

  private record Since(int count, long bytes) {}

  private final DeliveryStore store;
  private final Clock clock;
  private final Map<String, Since> since = new LruMap<>(MOST_HOOKS);

  DeliveryTrim(DeliveryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Counts a new delivery; does not wait for the deletion. */
  void kept(String hook, int bytes) {
    if (isDue(hook, bytes)) {
      trim(hook)
          .subscribe()
          .with(
              done -> {},
              failure ->
                  LOG.debugf(
                      "Deleting old deliveries of the hook %s failed: %s",
                      hook, Cause.of(failure)));
    }
  }

  private synchronized boolean isDue(String hook, int bytes) {
    Since before = since.getOrDefault(hook, new Since(0, 0));
    Since now = new Since(before.count() + 1, before.bytes() + bytes);
    boolean due = now.count() >= EVERY || now.bytes() >= EVERY_BYTES;
    since.put(hook, due ? new Since(0, 0) : now);
    return due;
  }

  Uni<Long> trim(String hook) {
    return store
        .kept(hook, MOST_READ)
        .flatMap(
            kept -> {
              List<String> expired = DeliveryRetention.expired(kept, clock.instant());
              return expired.isEmpty() ? Uni.createFrom().item(0L) : store.forget(expired);
            });
  }
}
