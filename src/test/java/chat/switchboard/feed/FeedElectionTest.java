package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.FakeLeases;
import chat.switchboard.support.FakeTimers;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who reads LibreChat's messages, in fake time and with fake leases that two replicas share. */
@Tag("unit")
class FeedElectionTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeTimers timers = new FakeTimers();
  private final FakeLeases.Shared shared = new FakeLeases.Shared();
  private final FeedElection one = election("one");
  private final FeedElection other = election("other");

  private FeedElection election(String name) {
    return new FeedElection(new FakeLeases(shared, name, timers, FeedElection.LIFE), timers);
  }

  @Test
  void one_replica_reads_for_as_long_as_it_renews_its_lease() {
    turn(one);
    turn(other);
    for (int second = 0; second < 120; second++) {
      assertThat(one.isReader()).isTrue();
      assertThat(other.isReader()).isFalse();
      assertThat(other.isDecided()).isTrue();
      pass(one, other);
    }
  }

  @Test
  void nobody_knows_its_role_before_the_first_answer_of_the_database() {
    assertThat(one.isDecided()).isFalse();
    assertThat(one.isReader()).isFalse();
  }

  @Test
  void a_dead_reader_is_followed_by_another_within_15_seconds_whenever_it_dies() {
    for (int alive = 0; alive < 10; alive++) {
      FakeLeases.Shared leases = new FakeLeases.Shared();
      FeedElection dying =
          new FeedElection(new FakeLeases(leases, "dying", timers, FeedElection.LIFE), timers);
      FeedElection heir =
          new FeedElection(new FakeLeases(leases, "heir", timers, FeedElection.LIFE), timers);
      turn(dying);
      turn(heir);
      for (int second = 0; second < alive; second++) {
        pass(dying, heir);
      }
      int seconds = 0;
      while (!heir.isReader()) {
        pass(heir);
        assertThat(++seconds).isLessThanOrEqualTo(15);
      }
    }
  }

  @Test
  void a_frozen_reader_that_comes_back_learns_that_another_reads() {
    turn(one);
    turn(other);
    for (int second = 0; second < 20; second++) {
      pass(other);
    }
    assertThat(other.isReader()).isTrue();
    assertThat(one.isReader()).isTrue();
    pass(one, other);
    assertThat(one.isReader()).isFalse();
    for (int second = 0; second < 30; second++) {
      pass(one, other);
      assertThat(other.isReader()).isTrue();
      assertThat(one.isReader()).isFalse();
    }
  }

  @Test
  void a_reader_that_stops_is_followed_at_the_next_attempt() {
    turn(one);
    turn(other);
    one.stop().await().indefinitely();
    assertThat(one.isReader()).isFalse();
    pass(one, other);
    pass(one, other);
    pass(one, other);
    assertThat(other.isReader()).isTrue();
    for (int second = 0; second < 30; second++) {
      pass(one, other);
      assertThat(one.isReader()).isFalse();
    }
  }

  @Test
  void a_reader_that_cannot_read_leaves_the_lease_to_another() {
    turn(one);
    turn(other);
    one.rest(Duration.ofSeconds(10)).await().indefinitely();
    pass(one, other);
    pass(one, other);
    pass(one, other);
    assertThat(other.isReader()).isTrue();
    assertThat(one.isReader()).isFalse();
  }

  @Test
  void a_reader_alone_that_rested_reads_again() {
    turn(one);
    one.rest(Duration.ofSeconds(10)).await().indefinitely();
    for (int second = 0; second < 9; second++) {
      pass(one);
      assertThat(one.isReader()).isFalse();
    }
    pass(one);
    pass(one);
    assertThat(one.isReader()).isTrue();
  }

  private void pass(FeedElection... replicas) {
    timers.pass(SECOND);
    for (FeedElection replica : replicas) {
      turn(replica);
    }
  }

  private static void turn(FeedElection replica) {
    replica.turn().await().indefinitely();
  }
}
