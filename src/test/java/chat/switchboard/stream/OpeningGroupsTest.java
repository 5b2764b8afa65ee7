package chat.switchboard.stream;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.FakeTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OpeningGroupsTest {

  private static final Duration INTERVAL = Duration.ofMillis(OpeningGroups.INTERVAL_MILLIS);

  private final FakeTimers timers = new FakeTimers();
  private boolean feed = true;
  private final OpeningGroups groups = new OpeningGroups(timers, () -> feed);
  private final List<Runnable> begun = new ArrayList<>();
  private int deferred;

  private final OpeningGroups.Opening opening =
      new OpeningGroups.Opening() {
        @Override
        public void begin(Runnable checked) {
          begun.add(checked);
        }

        @Override
        public void defer() {
          deferred++;
        }
      };

  @Test
  void a_request_that_comes_alone_begins_at_once() {
    for (int i = 0; i < 3; i++) {
      groups.add(opening);
      assertThat(begun).hasSize(i + 1);
      timers.pass(INTERVAL.multipliedBy(2));
    }
  }

  @Test
  void requests_that_come_together_begin_in_groups() {
    add(2 * OpeningGroups.MOST_IN_GROUP);
    assertThat(begun).hasSize(1);
    pass();
    assertThat(begun).hasSize(1 + OpeningGroups.MOST_IN_GROUP);
    pass();
    assertThat(begun).hasSize(2 * OpeningGroups.MOST_IN_GROUP);
    assertThat(deferred).isZero();
  }

  @Test
  void a_process_that_starts_opens_streams_when_it_follows_the_feed() {
    feed = false;
    add(3);
    timers.pass(OpeningGroups.EARLY.minus(INTERVAL));
    assertThat(begun).isEmpty();
    feed = true;
    pass();
    assertThat(begun).hasSize(3);
  }

  @Test
  void a_process_whose_feed_does_not_begin_opens_streams_after_a_time() {
    feed = false;
    add(3);
    timers.pass(OpeningGroups.EARLY.plus(INTERVAL));
    assertThat(begun).hasSize(3);
    timers.pass(INTERVAL.multipliedBy(2));
    add(1);
    assertThat(begun).hasSize(4);
  }

  @Test
  void a_slow_process_gets_no_more_requests_than_it_can_complete() {
    add(10 * OpeningGroups.MOST_IN_GROUP);
    for (int i = 0; i < 10; i++) {
      pass();
    }
    assertThat(begun).hasSize(OpeningGroups.MOST_UNDER_WAY);
    begun.subList(0, 7).forEach(Runnable::run);
    pass();
    assertThat(begun).hasSize(OpeningGroups.MOST_UNDER_WAY + 7);
  }

  @Test
  void a_request_is_deferred_while_too_many_wait() {
    add(1 + OpeningGroups.MOST_WAITING);
    assertThat(deferred).isZero();
    groups.add(opening);
    assertThat(deferred).isEqualTo(1);
    pass();
    groups.add(opening);
    assertThat(deferred).isEqualTo(1);
  }

  @Test
  void a_request_that_waits_for_long_is_deferred() {
    add(OpeningGroups.MOST_UNDER_WAY + 5);
    timers.pass(OpeningGroups.LONGEST_WAIT.minus(INTERVAL));
    assertThat(deferred).isZero();
    timers.pass(INTERVAL.multipliedBy(2));
    assertThat(begun).hasSize(OpeningGroups.MOST_UNDER_WAY);
    assertThat(deferred).isEqualTo(5);
    begun.forEach(Runnable::run);
    timers.pass(INTERVAL);
    groups.add(opening);
    assertThat(begun).hasSize(OpeningGroups.MOST_UNDER_WAY + 1);
  }

  @Test
  void an_opening_that_fails_keeps_no_other_from_beginning() {
    groups.add(
        new OpeningGroups.Opening() {
          @Override
          public void begin(Runnable checked) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void defer() {
            throw new IllegalStateException("not expected");
          }
        });
    add(OpeningGroups.MOST_UNDER_WAY);
    for (int i = 0; i < 3; i++) {
      pass();
    }
    assertThat(begun).hasSize(OpeningGroups.MOST_UNDER_WAY);
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      groups.add(opening);
    }
  }

  private void pass() {
    timers.pass(INTERVAL);
  }
}
