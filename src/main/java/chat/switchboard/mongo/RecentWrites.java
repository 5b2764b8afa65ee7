package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Whether this process has changed a document lately: a process without work changes none. */
@ApplicationScoped
class RecentWrites {

  /** Longer than the pauses between the attempts of work that has begun. */
  private static final Duration QUIET = Duration.ofMinutes(5);

  private final Timers timers;
  private volatile long last;

  RecentWrites(Timers timers) {
    this.timers = timers;
    // A process that starts may have to finish the work of an earlier process.
    this.last = timers.nanoTime();
  }

  /** This process has changed a document. */
  void note() {
    last = timers.nanoTime();
  }

  /** Whether this process has changed nothing for {@link #quiet()}. */
  boolean isQuiet() {
    return timers.nanoTime() - last > quiet().toNanos();
  }

  Duration quiet() {
    return QUIET;
  }
}
