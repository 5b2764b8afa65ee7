package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.ProblemException;
import chat.switchboard.support.FakeScheduler;
import chat.switchboard.support.FakeTimers;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ServerId;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which failures of the database are retried, and for how long. */
@Tag("unit")
class DatabaseRetryTest {

  private static final ServerAddress SERVER = new ServerAddress();
  private static final Duration TIME = Duration.ofSeconds(2);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private final FakeTimers timers = new FakeTimers();

  static Stream<Throwable> passing() {
    BsonDocument answer = new BsonDocument("ok", new BsonInt32(0));
    return Stream.of(
        new MongoConnectionPoolClearedException(
            new ServerId(new ClusterId(), SERVER), new IOException("reset")),
        new MongoNotPrimaryException(answer, SERVER),
        new MongoNodeIsRecoveringException(answer, SERVER),
        new MongoSocketReadException("broken", SERVER),
        new MongoSocketOpenException("refused", SERVER, new IOException("refused")),
        new MongoTimeoutException("no server"),
        command(91),
        command(189),
        command(10107),
        command(11602));
  }

  static Stream<Throwable> lasting() {
    return Stream.of(
        command(11000),
        command(13),
        command(50),
        command(8000),
        new MongoException("something else"),
        new IllegalStateException("ours"),
        ProblemException.of(404, "no"));
  }

  private static MongoException command(int code) {
    return new MongoCommandException(
        new BsonDocument("ok", new BsonInt32(0)).append("code", new BsonInt32(code)), SERVER);
  }

  @ParameterizedTest
  @MethodSource("passing")
  void a_temporary_failure_is_retried_and_hidden_from_the_caller(Throwable failure) {
    AtomicInteger tries = new AtomicInteger();
    Uni<String> step =
        Uni.createFrom()
            .item(
                () -> {
                  if (tries.incrementAndGet() < 4) {
                    throw sneaky(failure);
                  }
                  return "done";
                });
    CompletableFuture<String> result = within(TIME, step);
    timers.pass(SHORTEST_PAUSE.minusMillis(1));
    assertThat(tries).hasValue(1);
    timers.pass(LONGEST_PAUSE.multipliedBy(3));
    assertThat(result).isCompletedWithValue("done");
    assertThat(tries).hasValue(4);
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void a_permanent_failure_reaches_the_caller_at_once(Throwable failure) {
    AtomicInteger tries = new AtomicInteger();
    Uni<String> step =
        Uni.createFrom()
            .item(
                () -> {
                  tries.incrementAndGet();
                  throw sneaky(failure);
                });
    assertThat(failure(within(TIME, step))).isSameAs(failure);
    assertThat(tries).hasValue(1);
  }

  @Test
  void the_last_failure_reaches_the_caller_when_the_time_is_up_and_nothing_is_retried_later() {
    MongoException failure = new MongoNotPrimaryException(new BsonDocument(), SERVER);
    AtomicInteger tries = new AtomicInteger();
    Uni<String> step =
        Uni.createFrom()
            .item(
                () -> {
                  tries.incrementAndGet();
                  throw failure;
                });
    CompletableFuture<String> result = within(TIME, step);
    timers.pass(TIME.minusMillis(1));
    assertThat(result).isNotDone();
    // Pauses of 50 ms to 250 ms.
    assertThat(tries.get()).isBetween(8, 40);
    timers.pass(Duration.ofMillis(1));
    assertThat(failure(result)).isSameAs(failure);
    int before = tries.get();
    timers.pass(Duration.ofMinutes(1));
    assertThat(tries).hasValue(before);
    assertThat(timers.running()).isZero();
  }

  @Test
  void a_step_that_never_ends_is_given_up_in_time() {
    CompletableFuture<Object> result = within(TIME, Uni.createFrom().nothing());
    timers.pass(TIME.minusMillis(1));
    assertThat(result).isNotDone();
    timers.pass(Duration.ofMillis(1));
    assertThat(failure(result)).isInstanceOf(TimeoutException.class);
  }

  /** The callers use the timers of Mutiny. */
  @Test
  void a_step_is_retried_in_real_time() {
    AtomicInteger tries = new AtomicInteger();
    Uni<String> step =
        Uni.createFrom()
            .item(
                () -> {
                  if (tries.incrementAndGet() == 1) {
                    throw new MongoTimeoutException("no server");
                  }
                  return "done";
                });
    assertThat(
            DatabaseRetry.within(Duration.ofSeconds(50), step)
                .await()
                .atMost(Duration.ofSeconds(60)))
        .isEqualTo("done");
  }

  private <T> CompletableFuture<T> within(Duration time, Uni<T> step) {
    return DatabaseRetry.within(time, step, new FakeScheduler(timers))
        .subscribe()
        .asCompletionStage();
  }

  private static Throwable failure(CompletableFuture<?> result) {
    assertThat(result).isCompletedExceptionally();
    return result.handle((item, failure) -> failure).join();
  }

  private static RuntimeException sneaky(Throwable failure) {
    return (RuntimeException) failure;
  }
}
