package chat.switchboard.ops;

import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;

/**
 * A piece of work that the scheduler repeats: a failure is logged, and the next run tries again.
 *
 * @param log the log of the class that does the work
 * @param what the subject of the log line, such as {@code Scanning the outbox}
 * @param level the level of a failure
 */
public record Periodic(Logger log, String what, Logger.Level level) {

  /** Work whose failures are normal while the database is away: other lines tell of that. */
  public Periodic(Logger log, String what) {
    this(log, what, Logger.Level.DEBUG);
  }

  /** Runs the work; the result never fails, so that the scheduler logs nothing itself. */
  public Uni<Void> run(Uni<?> work) {
    return work.replaceWithVoid()
        .onFailure()
        .recoverWithUni(
            failure -> {
              log.logf(level, "%s failed: %s", what, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }
}
