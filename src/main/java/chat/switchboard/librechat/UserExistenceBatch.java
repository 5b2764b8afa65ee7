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
 * Batches user lookups. While a query runs, further lookups are collected for the next query. A
 * single lookup never waits; the reconnects of thousands of clients take a few queries.
 */
@ApplicationScoped
class UserExistenceBatch {

  /** The maximum number of users in one query. */
  private static final int TOGETHER = 500;

  /**
   * The maximum number of waiting lookups; further lookups fail at once, and their clients retry.
   */
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
      asked.answer.fail(new IllegalStateException("Too many user lookups are waiting"));
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
        // Deferred: an exception must end the query too, or no further query would ever start.
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
