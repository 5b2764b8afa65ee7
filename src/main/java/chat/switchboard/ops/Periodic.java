package chat.switchboard.ops;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * A piece of work that the scheduler repeats: a failure is logged, and the next run tries again.
 * The scheduler skips a run while the previous run is under way; a run without an end is cancelled,
 * since the work would otherwise never run again.
 *
 * @param log the log of the class that does the work
 * @param what the subject of the log line, such as {@code Scanning the outbox}
 * @param level the level of a failure
 */
public record Periodic(Logger log, String what, Logger.Level level) {

  /**
   * Longer than each run on the machines that were measured: a run works through one bounded batch,
   * and each of its commands has a time limit of its own.
   */
  private static final Duration LONGEST_RUN = Duration.ofMinutes(5);

  /** Work whose failures are normal while the database is away: other lines tell of that. */
  public Periodic(Logger log, String what) {
    this(log, what, Logger.Level.DEBUG);
  }

  /** Runs the work; the result never fails, so that the scheduler logs nothing itself. */
  public Uni<Void> run(Uni<?> work) {
    return run(work, LONGEST_RUN);
  }

  Uni<Void> run(Uni<?> work, Duration longest) {
    return work.replaceWithVoid()
        .ifNoItem()
        .after(longest)
        .fail()
        .onFailure()
        .recoverWithUni(
            failure -> {
              log.logf(level, "%s failed: %s", what, Cause.of(failure));
              return Uni.createFrom().voidItem();
            });
  }
}
