package chat.switchboard.media;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;

/**
 * Deletes bytes that belong to no item: a process ended between storing the bytes and changing the
 * item, or the item was deleted.
 */
@ApplicationScoped
class OrphanedBytes {

  /** Longer than any attempt: the bytes of a running attempt belong to no item yet. */
  private static final Duration AGE = Duration.ofHours(1);

  private static final int BATCH = 200;

  private final MediaStore store;
  private final MediaBytes bytes;
  private final Clock clock;

  OrphanedBytes(MediaStore store, MediaBytes bytes, Clock clock) {
    this.store = store;
    this.bytes = bytes;
    this.clock = clock;
  }

  /**
   * Looks at the oldest files.
   *
   * @return how many were deleted
   */
  Uni<Long> sweep() {
    return bytes
        .storedBefore(new Date(clock.millis() - AGE.toMillis()), BATCH)
        .onItem()
        .transformToMulti(ids -> Multi.createFrom().iterable(ids))
        .onItem()
        .transformToUniAndConcatenate(
            id ->
                store
                    .hasBytes(id)
                    .chain(
                        isUsed ->
                            isUsed
                                ? Uni.createFrom().item(false)
                                : bytes.delete(id).replaceWith(true)))
        .filter(isDeleted -> isDeleted)
        .collect()
        .with(java.util.stream.Collectors.counting());
  }
}
