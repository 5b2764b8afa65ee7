package chat.switchboard.librechat;

import chat.switchboard.mongo.DatabaseConfig;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who is there, asked for one at a time and looked up together: those who ask while others are
 * looked up go with the next look. One alone waits for nobody; thousands who lost their streams at
 * the same moment are a few looks.
 */
@ApplicationScoped
class UserExistenceBatch {

  /** How many users one look asks for. */
  private static final int TOGETHER = 500;

  /** How many may wait; more than that are refused at once, and come again. */
  private static final int WAITING = 16_384;

  private final Users users;
  private final DatabaseConfig config;
  private final ArrayDeque<Asked> waiting = new ArrayDeque<>();
  private boolean looking;

  UserExistenceBatch(Users users, DatabaseConfig config) {
    this.config = config;
    this.users = users;
  }

  private record Asked(String id, UniEmitter<? super Boolean> answer) {}

  /**
   * @param id the hexadecimal form of {@code users._id}
   */
  Uni<Boolean> contains(String id) {
    return Uni.createFrom().emitter(answer -> ask(new Asked(id, answer)));
  }

  private void ask(Asked asked) {
    boolean refused;
    boolean first = false;
    synchronized (this) {
      refused = waiting.size() >= WAITING;
      if (!refused) {
        waiting.add(asked);
        first = !looking;
        looking = true;
      }
    }
    if (refused) {
      asked.answer.fail(new IllegalStateException("Too many wait to be looked up"));
    } else if (first) {
      look();
    }
  }

  private void look() {
    List<Asked> together = next();
    if (together.isEmpty()) {
      return;
    }
    Set<String> ids = together.stream().map(Asked::id).collect(Collectors.toSet());
    Uni.createFrom()
        // Deferred: what it throws has to end the look too, or nobody would ever look again.
        .deferred(() -> users.present(ids))
        .ifNoItem()
        .after(config.timeout())
        .fail()
        .onTermination()
        .invoke(this::look)
        .subscribe()
        .with(
            present -> together.forEach(one -> one.answer.complete(present.contains(one.id))),
            failure -> together.forEach(one -> one.answer.fail(failure)));
  }

  private synchronized List<Asked> next() {
    List<Asked> together = new ArrayList<>(Math.min(waiting.size(), TOGETHER));
    while (together.size() < TOGETHER && !waiting.isEmpty()) {
      together.add(waiting.poll());
    }
    looking = !together.isEmpty();
    return together;
  }
}
