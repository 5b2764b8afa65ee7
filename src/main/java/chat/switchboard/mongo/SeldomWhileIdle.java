package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Skips the runs of a periodic query, such as a count for the metrics, in an idle process, except
 * for one run every 2 minutes. In a process that is not idle the query has each of its runs.
 */
@ApplicationScoped
public class SeldomWhileIdle implements Scheduled.SkipPredicate {

  static final Duration PAUSE = Duration.ofMinutes(2);

  private final IdleWatch watch;
  private final Timers timers;

  /** The monotonic time of the last run, by trigger: one for each scheduled method. */
  private final Map<String, Long> last = new ConcurrentHashMap<>();

  SeldomWhileIdle(IdleWatch watch, Timers timers) {
    this.watch = watch;
    this.timers = timers;
  }

  @Override
  public boolean test(ScheduledExecution run) {
    return isSkipped(run.getTrigger().getId());
  }

  boolean isSkipped(String trigger) {
    long now = timers.nanoTime();
    Long before = last.get(trigger);
    if (watch.isIdle() && before != null && now - before < PAUSE.toNanos()) {
      return true;
    }
    last.put(trigger, now);
    return false;
  }
}
