package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.LeaseStore.Renewal;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * The behaviour of every store of leases; the fake of the tests is no friendlier than the database.
 */
abstract class LeaseContract {

  static final Duration LIFE = Duration.ofSeconds(9);

  final FakeTimers timers = new FakeTimers();
  private final LeaseKey key = LeaseKey.conversation(UUID.randomUUID().toString());

  /** Returns the leases as this replica sees them; all replicas of a test share them. */
  abstract LeaseStore replica(String name);

  @Test
  void a_free_lease_is_taken_and_is_new() {
    Lease lease = take(replica("one")).orElseThrow();
    assertThat(lease.isOld()).isFalse();
    assertThat(lease.isLost()).isFalse();
  }

  @Test
  void a_held_lease_is_not_taken_and_its_holder_hears_that_it_is_wanted() {
    LeaseStore one = replica("one");
    Lease lease = take(one).orElseThrow();
    assertThat(renew(one, lease)).isEqualTo(Renewal.KEPT);
    assertThat(take(replica("two"))).isEmpty();
    assertThat(renew(one, lease)).isEqualTo(Renewal.WANTED_BY_ANOTHER);
  }

  @Test
  void a_lease_that_is_given_back_is_free() {
    LeaseStore one = replica("one");
    LeaseStore two = replica("two");
    Lease lease = take(one).orElseThrow();
    assertThat(take(two)).isEmpty();
    await(one.giveBack(lease));
    Lease taken = take(two).orElseThrow();
    assertThat(renew(two, taken)).as("wanted by nobody").isEqualTo(Renewal.KEPT);
  }

  @Test
  void a_lease_that_nobody_held_was_free() {
    LeaseStore one = replica("one");
    Lease lease = take(one).orElseThrow();
    assertThat(lease.wasFree()).isTrue();
    await(one.giveBack(lease));
    assertThat(take(replica("two")).orElseThrow().wasFree()).isTrue();
  }

  @Test
  void a_lease_that_is_handed_over_is_taken_at_once_and_was_not_free() {
    LeaseStore one = replica("one");
    LeaseStore two = replica("two");
    Lease lease = take(one).orElseThrow();
    await(one.handOver(lease));
    Lease taken = take(two).orElseThrow();
    assertThat(taken.wasFree()).isFalse();
    assertThat(renew(one, lease)).isEqualTo(Renewal.LOST);
    assertThat(renew(two, taken)).as("wanted by nobody").isEqualTo(Renewal.KEPT);
    assertThat(take(one)).as("held by the new holder").isEmpty();
  }

  @Test
  void a_lease_that_was_handed_over_long_ago_was_free() {
    LeaseStore one = replica("one");
    Lease lease = take(one).orElseThrow();
    await(one.handOver(lease));
    timers.pass(Leases.HANDED_OVER_FOR);
    Awaitility.await().until(() -> renew(one, lease) == Renewal.LOST);
    assertThat(take(replica("two")).orElseThrow().wasFree()).isTrue();
  }

  @Test
  void a_holder_keeps_the_lease_that_it_took_after_a_hand_over() {
    LeaseStore one = replica("one");
    LeaseStore two = replica("two");
    await(one.handOver(take(one).orElseThrow()));
    Lease taken = take(two).orElseThrow();
    timers.pass(Leases.HANDED_OVER_FOR);
    assertThat(take(one)).isEmpty();
    assertThat(renew(two, taken)).isEqualTo(Renewal.WANTED_BY_ANOTHER);
  }

  @Test
  void leases_of_different_things_are_different_leases() {
    LeaseStore one = replica("one");
    take(one).orElseThrow();
    assertThat(await(replica("two").take(LeaseKey.reply(key.name())))).isPresent();
  }

  @Test
  void a_lease_without_a_beat_for_its_life_is_taken_over() {
    take(replica("one")).orElseThrow();
    LeaseStore two = replica("two");
    assertThat(take(two)).isEmpty();
    timers.freeze(LIFE.minusNanos(1));
    assertThat(take(two)).isEmpty();
    timers.freeze(Duration.ofNanos(1));
    assertThat(take(two)).isPresent();
  }

  @Test
  void the_life_counts_from_the_first_look_at_the_holder() {
    take(replica("one")).orElseThrow();
    timers.freeze(LIFE.multipliedBy(10));
    LeaseStore two = replica("two");
    assertThat(take(two)).as("the beat is seen for the first time").isEmpty();
    timers.freeze(LIFE);
    assertThat(take(two)).isPresent();
  }

  @Test
  void each_beat_begins_the_life_anew() {
    LeaseStore one = replica("one");
    LeaseStore two = replica("two");
    Lease lease = take(one).orElseThrow();
    for (int i = 0; i < 5; i++) {
      assertThat(take(two)).isEmpty();
      timers.freeze(LIFE.minusNanos(1));
      renew(one, lease);
    }
    assertThat(take(two)).isEmpty();
    timers.freeze(LIFE);
    assertThat(take(two)).isPresent();
  }

  @Test
  void a_new_holder_begins_the_life_anew() {
    LeaseStore one = replica("one");
    LeaseStore two = replica("two");
    LeaseStore three = replica("three");
    Lease lease = take(one).orElseThrow();
    assertThat(take(three)).isEmpty();
    timers.freeze(LIFE.minusNanos(1));
    await(one.giveBack(lease));
    take(two).orElseThrow();
    timers.freeze(LIFE.minusNanos(1));
    assertThat(take(three)).isEmpty();
  }

  @Test
  void a_replica_that_forgets_what_it_saw_begins_to_observe_anew() {
    take(replica("one")).orElseThrow();
    LeaseStore two = replica("two");
    assertThat(take(two)).isEmpty();
    timers.freeze(LIFE);
    two.forget(key);
    assertThat(take(two)).isEmpty();
  }

  @Test
  void a_lease_is_taken_over_by_one_of_several_replicas() {
    take(replica("one")).orElseThrow();
    LeaseStore two = replica("two");
    LeaseStore three = replica("three");
    take(two);
    take(three);
    timers.freeze(LIFE);
    assertThat(take(two)).isPresent();
    assertThat(take(three)).isEmpty();
  }

  @Test
  void the_old_holder_finds_out_and_does_no_harm() {
    LeaseStore one = replica("one");
    LeaseStore two = replica("two");
    Lease old = take(one).orElseThrow();
    take(two);
    timers.freeze(LIFE);
    Lease taken = take(two).orElseThrow();
    assertThat(old.isLost()).isFalse();
    await(one.giveBack(old));
    assertThat(renew(one, old)).isEqualTo(Renewal.LOST);
    assertThat(old.isLost()).isTrue();
    assertThat(old.mayBeLost()).isTrue();
    assertThat(renew(two, taken)).isEqualTo(Renewal.KEPT);
  }

  @Test
  void a_renewal_makes_the_lease_new_again() {
    LeaseStore one = replica("one");
    Lease lease = take(one).orElseThrow();
    timers.freeze(LIFE);
    assertThat(lease.mayBeLost()).isTrue();
    assertThat(renew(one, lease)).isEqualTo(Renewal.KEPT);
    assertThat(lease.mayBeLost()).isFalse();
    assertThat(lease.isOld()).isFalse();
  }

  private Optional<Lease> take(LeaseStore replica) {
    return await(replica.take(key));
  }

  private static Renewal renew(LeaseStore replica, Lease lease) {
    return await(replica.renew(lease));
  }

  private static <T> T await(Uni<T> uni) {
    return uni.await().atMost(Duration.ofSeconds(10));
  }
}
