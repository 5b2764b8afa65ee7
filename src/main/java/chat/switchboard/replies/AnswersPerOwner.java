package chat.switchboard.replies;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Bounds the answers that this process lets LibreChat generate at once for one owner: LibreChat
 * lets a user generate only a few, and the owner wants some too.
 */
@ApplicationScoped
class AnswersPerOwner {

  private final RepliesConfig config;
  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();

  AnswersPerOwner(RepliesConfig config) {
    this.config = config;
  }

  /**
   * Runs the work if the owner has room for it.
   *
   * @return the result of the work; empty without room
   */
  <T> Uni<Optional<T>> run(String owner, Supplier<Uni<T>> work) {
    return Uni.createFrom()
        .deferred(
            () ->
                enter(owner)
                    ? Uni.createFrom()
                        .deferred(work::get)
                        .map(Optional::of)
                        .onTermination()
                        .invoke(() -> leave(owner))
                    : Uni.createFrom().item(Optional.empty()));
  }

  private boolean enter(String owner) {
    if (underWay.merge(owner, 1, Integer::sum) > config.perOwner()) {
      leave(owner);
      return false;
    }
    return true;
  }

  private void leave(String owner) {
    underWay.computeIfPresent(owner, (same, count) -> count == 1 ? null : count - 1);
  }
}
