package chat.switchboard.media;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** An operator's operations on files: list, and requeue what has failed; never the bytes. */
@ApplicationScoped
public class MediaOperations {

  private final MediaStore store;

  MediaOperations(MediaStore store) {
    this.store = store;
  }

  /** Returns files in this state, the newest first. */
  public Uni<List<MediaItem>> list(Optional<MediaState> state, int offset, int limit) {
    return store.newest(state, offset, limit);
  }

  /** The number of files, at most as {@link chat.switchboard.mongo.BoundedCount} counts. */
  public Uni<Long> count(Optional<MediaState> state) {
    return store.count(state);
  }

  public Uni<Optional<MediaItem>> find(String id) {
    return store.find(id);
  }

  /**
   * Has a failed file fetched again.
   *
   * @return empty if the file has not failed
   */
  public Uni<Optional<MediaItem>> requeue(String id) {
    return store.requeue(id);
  }

  /** Returns the media type by content; empty until the file is fetched. */
  public static Optional<String> type(MediaItem item) {
    return Optional.ofNullable(item.type).map(name -> ContentType.valueOf(name).mediaType());
  }

  /** Returns the media type that the sender declares; empty if there is none of that form. */
  public static Optional<String> declaredType(MediaItem item) {
    return DeclaredType.of(item.declaredType);
  }
}
