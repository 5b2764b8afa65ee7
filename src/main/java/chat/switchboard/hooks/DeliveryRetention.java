package chat.switchboard.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Selects the deliveries of a hook that are deleted: those older than 7 days, and the oldest ones
 * beyond 1,000 deliveries or 50 MiB of bodies. A delivery that is not finished is never deleted.
 *
 * <p>A repeated delivery is recognised by the id of its message, also after its record is deleted.
 */
final class DeliveryRetention {

  static final Duration KEPT = Duration.ofDays(7);
  static final int MOST = 1000;
  static final long MOST_BYTES = 50L * 1024 * 1024;

  private DeliveryRetention() {}

  /** One kept delivery, without its body. */
  record Kept(String id, Instant receivedAt, long bytes, boolean finished) {}

  /**
   * The IDs to delete.
   *
   * @param newestFirst the deliveries of one hook
   */
  static List<String> expired(List<Kept> newestFirst, Instant now) {
    List<String> expired = new ArrayList<>();
    int count = 0;
    long bytes = 0;
    for (Kept one : newestFirst) {
      count++;
      bytes += one.bytes();
      boolean isOld = one.receivedAt().isBefore(now.minus(KEPT));
      if (one.finished() && (isOld || count > MOST || bytes > MOST_BYTES)) {
        expired.add(one.id());
      }
    }
    return expired;
  }
}
