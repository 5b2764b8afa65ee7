package chat.switchboard.mongo;

import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Timers;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Decides whether this process is idle: the process has changed no document for 5 minutes, and no
 * collection has work that is due within the next minute. The searches for work rest in an idle
 * process, so that the process sends less than one command a second. The first write of the process
 * ends the idle time, and work with a due time is known before that time. Only work that becomes
 * due at once in another process, which then stops before it has done the work, waits for up to
 * {@value #MOST_SECONDS} s.
 */
@ApplicationScoped
class IdleWatch {

  private static final Logger LOG = Logger.getLogger(IdleWatch.class);

  private static final int LEAST_SECONDS = 45;
  static final int MOST_SECONDS = 60;

  /** More than the time between the begin of one question and the answer to the next. */
  private static final Duration HORIZON = Duration.ofSeconds(MOST_SECONDS + 15);

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final RecentWrites writes;
  private final Iterable<UpcomingWork> work;
  private final Clock clock;
  private final Timers timers;
  private final RandomGenerator random;
  private volatile boolean nothingUpcoming;
  private volatile long nextLook;

  @Inject
  IdleWatch(
      RecentWrites writes,
      @Any Instance<UpcomingWork> work,
      Clock clock,
      Timers timers,
      RandomGenerator random) {
    this(writes, (Iterable<UpcomingWork>) work, clock, timers, random);
  }

  IdleWatch(
      RecentWrites writes,
      Iterable<UpcomingWork> work,
      Clock clock,
      Timers timers,
      RandomGenerator random) {
    this.random = random;
    this.writes = writes;
    this.work = work;
    this.clock = clock;
    this.timers = timers;
    this.nextLook = timers.nanoTime();
  }

  boolean isIdle() {
    return nothingUpcoming && writes.isQuiet();
  }

  @Scheduled(every = "5s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
  Uni<Void> look() {
    if (!writes.isQuiet()) {
      nothingUpcoming = false;
      nextLook = timers.nanoTime();
      return Uni.createFrom().voidItem();
    }
    if (timers.nanoTime() - nextLook < 0) {
      return Uni.createFrom().voidItem();
    }
    nextLook = timers.nanoTime() + pause().toNanos();
    Date moment = new Date(clock.millis() + HORIZON.toMillis());
    return Multi.createFrom()
        .iterable(work)
        .onItem()
        .transformToUniAndConcatenate(one -> one.isDueBefore(moment))
        .select()
        .where(isDue -> isDue)
        .toUni()
        .map(due -> due == null)
        .ifNoItem()
        .after(LIMIT)
        .fail()
        .onFailure()
        .recoverWithItem(
            failure -> {
              LOG.debugf("The search for upcoming work failed: %s", Cause.of(failure));
              return false;
            })
        .invoke(nothing -> nothingUpcoming = nothing)
        .replaceWithVoid();
  }

  /** Varies, so that the replicas do not ask together. */
  private Duration pause() {
    return Duration.ofMillis(random.nextLong(LEAST_SECONDS * 1_000L, (MOST_SECONDS - 5) * 1_000L));
  }
}
