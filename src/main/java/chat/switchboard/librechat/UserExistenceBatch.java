package chat.switchboard.librechat;

import chat.switchboard.mongo.BatchCommand.Outcome;
import chat.switchboard.mongo.Batcher;
import chat.switchboard.mongo.Batchers;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Looks up several users with one query: the reconnects of thousands of clients take a few. */
@Singleton
class UserExistenceBatch {

  private final Batcher<String, Boolean> lookups;

  UserExistenceBatch(Users users, Batchers batchers) {
    this.lookups =
        batchers.of(ids -> users.present(Set.copyOf(ids)).map(present -> outcomes(ids, present)));
  }

  /**
   * @param id the hexadecimal form of {@code users._id}
   */
  Uni<Boolean> contains(String id) {
    return lookups.ask(id);
  }

  private static List<Outcome<Boolean>> outcomes(List<String> ids, Set<String> present) {
    return ids.stream()
        .<Outcome<Boolean>>map(id -> new Outcome.Done<>(present.contains(id)))
        .toList();
  }
}
