package chat.switchboard.mongo;

import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Retries a step after a temporary failure of the database: the election of a primary, the recovery
 * of a node, or a cleared connection pool. The driver itself retries at most once, and never
 * retries a write to a standalone server or with {@code retryWrites=false}.
 */
public final class DatabaseRetry {

  private static final int SHORTEST_PAUSE_MILLIS = 50;
  private static final int LONGEST_PAUSE_MILLIS = 250;

  /**
   * Error codes of a server (or of the server behind a router) that is temporarily unavailable: the
   * codes of the specification of retryable reads and writes for which the driver has no exception
   * class.
   */
  private static final Set<Integer> PASSING =
      Set.of(6, 7, 89, 91, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436);

  private DatabaseRetry() {}

  /** Whether a retry of the step can succeed. */
  public static boolean isPassing(Throwable failure) {
    return failure instanceof MongoConnectionPoolClearedException
        || failure instanceof MongoServerUnavailableException
        || failure instanceof MongoNotPrimaryException
        || failure instanceof MongoNodeIsRecoveringException
        || failure instanceof MongoSocketException
        || failure instanceof MongoTimeoutException
        || (failure instanceof MongoException refused && PASSING.contains(refused.getCode()));
  }

  /**
   * Retries this step until the step succeeds, fails with a permanent error, or the time ends. The
   * result then fails with the last error, or with a {@link TimeoutException}.
   *
   * @param step a step that can be repeated safely: the first attempt may have reached the database
   * @param time the time that the caller waits
   */
  public static <T> Uni<T> within(Duration time, Uni<T> step) {
    return within(time, step, Infrastructure.getDefaultWorkerPool());
  }

  /**
   * The same, with the pauses and the end of the time by this scheduler.
   *
   * @param scheduler runs the next attempt after each pause
   */
  static <T> Uni<T> within(Duration time, Uni<T> step, ScheduledExecutorService scheduler) {
    return Uni.createFrom()
        .deferred(
            () -> {
              AtomicReference<Throwable> last = new AtomicReference<>();
              // The driver's publishers keep the thread that creates them.
              Executor here = CallerContext.current();
              return step.onFailure(DatabaseRetry::isPassing)
                  .invoke(last::set)
                  .onFailure(DatabaseRetry::isPassing)
                  .retry()
                  .when(
                      failures ->
                          failures
                              .onItem()
                              .transformToUniAndConcatenate(
                                  failure ->
                                      Uni.createFrom()
                                          .item(failure)
                                          .onItem()
                                          .delayIt()
                                          .onExecutor(scheduler)
                                          .by(pause())
                                          .emitOn(here)))
                  .ifNoItem()
                  .after(time)
                  .on(scheduler)
                  .failWith(() -> last.get() == null ? new TimeoutException() : last.get());
            });
  }

  /** Returns a random delay before the next attempt, so that callers do not retry together. */
  public static Duration pause() {
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS));
  }
}
