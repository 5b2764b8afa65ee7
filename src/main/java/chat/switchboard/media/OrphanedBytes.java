package chat.switchboard.media;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

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
   * Looks at all files and at all first chunks, page by page: those at the front can be in use for
   * years.
   *
   * @return how many were deleted
   */
  Uni<Long> sweep() {
    Date before = new Date(clock.millis() - AGE.toMillis());
    return sweep(after -> bytes.storedBefore(before, after, BATCH), "", 0)
        .flatMap(deleted -> sweep(after -> bytes.begunBefore(before, after, BATCH), "", deleted));
  }

  private Uni<Long> sweep(
      Function<String, Uni<List<String>>> candidates, String after, long deleted) {
    return candidates
        .apply(after)
        .flatMap(
            ids ->
                ids.isEmpty()
                    ? Uni.createFrom().item(deleted)
                    : deleteUnused(ids)
                        .flatMap(
                            more -> sweep(candidates, ids.get(ids.size() - 1), deleted + more)));
  }

  private Uni<Long> deleteUnused(List<String> ids) {
    return store
        .usedBytes(ids)
        .onItem()
        .transformToMulti(
            used -> Multi.createFrom().iterable(ids).select().where(id -> !used.contains(id)))
        .onItem()
        .transformToUniAndConcatenate(id -> bytes.delete(id).replaceWith(id))
        .collect()
        .with(Collectors.counting());
  }
}
