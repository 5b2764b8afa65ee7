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
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Tries a step again that the database could not take just now: while a primary is elected, a node
 * recovers, or the pool of connections was cleared. The driver itself tries once more at most, and
 * not at all for a write to a standalone server or with {@code retryWrites=false}.
 */
public final class DatabaseRetry {

  private static final int SHORTEST_PAUSE_MILLIS = 50;
  private static final int LONGEST_PAUSE_MILLIS = 250;

  /**
   * Codes by which a server says that it, or the one behind it, cannot serve now: those of the
   * specification of retryable reads and writes, which the driver gives no class of their own.
   */
  private static final Set<Integer> PASSING =
      Set.of(6, 7, 89, 91, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436);

  private DatabaseRetry() {}

  /** Whether the same step may succeed a moment later. */
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
   * Tries this step until it succeeds, fails for good or the time is up; then it fails with what
   * was wrong last, or a {@link TimeoutException}.
   *
   * @param step one that may be done twice: its first try may have reached the database
   * @param time how long its caller waits
   */
  public static <T> Uni<T> within(Duration time, Uni<T> step) {
    return Uni.createFrom()
        .deferred(
            () -> {
              AtomicReference<Throwable> last = new AtomicReference<>();
              // The driver's publishers take the thread on which they are made.
              Context context = Vertx.currentContext();
              Executor here =
                  context == null ? Runnable::run : task -> context.runOnContext(go -> task.run());
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
                                          .by(pause())
                                          .emitOn(here)))
                  .ifNoItem()
                  .after(time)
                  .failWith(() -> last.get() == null ? new TimeoutException() : last.get());
            });
  }

  /** How long to wait before the next try: short, and not the same for everybody. */
  public static Duration pause() {
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS));
  }
}
