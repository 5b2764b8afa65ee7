package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Work that the scheduler repeats. */
@Tag("unit")
class PeriodicTest {

  private final Periodic periodic =
      new Periodic(Logger.getLogger(PeriodicTest.class), "Scanning the test");

  @Test
  void a_failure_is_no_failure_of_the_scheduled_method() {
    Uni<?> failing = Uni.createFrom().failure(new IllegalStateException("the database is away"));
    assertThat(periodic.run(failing).subscribe().asCompletionStage()).isCompletedWithValue(null);
  }

  @Test
  void the_work_is_done_once_for_each_run() {
    AtomicInteger done = new AtomicInteger();
    Uni<Void> run = periodic.run(Uni.createFrom().item(done::incrementAndGet));
    run.await().atMost(Duration.ofSeconds(60));
    assertThat(done).hasValue(1);
  }

  @Test
  void a_run_without_an_end_is_cancelled_so_that_the_next_run_can_begin() {
    AtomicInteger cancelled = new AtomicInteger();
    Uni<Void> endless =
        Uni.createFrom().<Void>nothing().onCancellation().invoke(cancelled::incrementAndGet);

    periodic.run(endless, Duration.ofMillis(1)).await().atMost(Duration.ofSeconds(60));

    assertThat(cancelled).hasValue(1);
  }
}
