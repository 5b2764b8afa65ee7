package chat.switchboard.mongo;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.ScheduledExecution;
import jakarta.enterprise.context.ApplicationScoped;

/** Skips the runs of a search for work while {@link IdleWatch} finds this process idle. */
@ApplicationScoped
public class WhileIdle implements Scheduled.SkipPredicate {

  private final IdleWatch watch;

  WhileIdle(IdleWatch watch) {
    this.watch = watch;
  }

  @Override
  public boolean test(ScheduledExecution run) {
    return isNow();
  }

  /** Whether this process is idle. */
  public boolean isNow() {
    return watch.isIdle();
  }
}
