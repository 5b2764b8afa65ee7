package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class IdleWatchTest {

  private static final Duration QUIET = Duration.ofMinutes(6);
  private static final Instant BEGIN = Instant.parse("2026-01-31T00:00:00Z");

  private final FakeTimers timers = new FakeTimers();
  private final RecentWrites writes = new RecentWrites(timers);
  private final AtomicInteger questions = new AtomicInteger();
  private Uni<Instant> due = Uni.createFrom().item(Instant.MAX);
  private final IdleWatch watch =
      new IdleWatch(
          writes,
          List.of(
              moment -> Uni.createFrom().item(false),
              moment -> {
                questions.incrementAndGet();
                return due.map(at -> at.isBefore(moment.toInstant()));
              }),
          Clock.fixed(BEGIN, ZoneOffset.UTC),
          timers,
          new Random(1));
  private final SeldomWhileIdle seldom = new SeldomWhileIdle(watch, timers);

  @Test
  void a_process_that_has_started_or_written_is_not_idle_and_asks_nothing() {
    pass(240);
    assertThat(watch.isIdle()).isFalse();
    writes.note();
    pass(240);
    assertThat(watch.isIdle()).isFalse();
    assertThat(questions).hasValue(0);
  }

  @Test
  void a_quiet_process_is_idle_and_asks_about_once_a_minute() {
    timers.pass(QUIET);
    pass(600);
    assertThat(watch.isIdle()).isTrue();
    assertThat(questions.get()).isBetween(9, 15);
  }

  @Test
  void the_first_write_ends_the_idle_time_at_once() {
    idle();
    writes.note();
    assertThat(watch.isIdle()).isFalse();
    pass(299);
    assertThat(watch.isIdle()).isFalse();
    pass(61);
    assertThat(watch.isIdle()).isTrue();
  }

  @Test
  void work_that_becomes_due_before_the_next_question_ends_the_idle_time_before_its_time() {
    idle();
    due = Uni.createFrom().item(BEGIN.plusSeconds(IdleWatch.MOST_SECONDS));
    pass(IdleWatch.MOST_SECONDS);
    assertThat(watch.isIdle()).isFalse();
    due = Uni.createFrom().item(BEGIN.plusSeconds(3_600));
    pass(IdleWatch.MOST_SECONDS);
    assertThat(watch.isIdle()).isTrue();
  }

  @Test
  void a_process_whose_question_fails_is_not_idle() {
    idle();
    due = Uni.createFrom().failure(new IllegalStateException("on purpose"));
    pass(IdleWatch.MOST_SECONDS);
    assertThat(watch.isIdle()).isFalse();
  }

  @Test
  void a_periodic_query_of_an_idle_process_runs_every_two_minutes() {
    timers.pass(QUIET);
    assertThat(seldom.isSkipped("one")).isFalse();
    assertThat(seldom.isSkipped("one")).isFalse();
    idle();
    int runs = 0;
    for (int i = 0; i < 600; i++) {
      pass(1);
      runs += seldom.isSkipped("one") ? 0 : 1;
    }
    assertThat(runs).isBetween(4, 6);
    writes.note();
    assertThat(seldom.isSkipped("one")).isFalse();
  }

  @Test
  void only_a_command_that_changes_a_document_counts() {
    assertThat(WriteListener.isChange(BsonDocument.parse("{ok: 1, value: null}"))).isFalse();
    assertThat(WriteListener.isChange(BsonDocument.parse("{ok: 1, n: 0}"))).isFalse();
    assertThat(WriteListener.isChange(BsonDocument.parse("{ok: 1, value: {_id: 1}}"))).isTrue();
    assertThat(WriteListener.isChange(BsonDocument.parse("{ok: 1, n: 1}"))).isTrue();
  }

  private void idle() {
    timers.pass(QUIET);
    pass(1);
    assertThat(watch.isIdle()).isTrue();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      timers.pass(Duration.ofSeconds(1));
      watch.look().await().indefinitely();
    }
  }
}
