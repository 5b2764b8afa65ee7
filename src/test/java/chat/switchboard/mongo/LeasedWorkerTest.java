package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.LeasedWorker.State;
import chat.switchboard.mongo.WorkerPolicy.DuringRound;
import chat.switchboard.mongo.WorkerPolicy.Sharing;
import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The states of a leased worker, in fake time and with fake leases that two replicas share. */
@Tag("unit")
class LeasedWorkerTest {

  private static final LeaseKey KEY = LeaseKey.conversation("a conversation");
  private static final Duration LIFE = Duration.ofSeconds(9);
  private static final Duration LINGER = Duration.ofMillis(200);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration YIELD = Duration.ofMillis(60);
  private static final Duration RETRY = Duration.ofMillis(25);

  private static final WorkerPolicy SHARING =
      policy(LINGER, Optional.of(new Sharing(LOOK, YIELD)), DuringRound.NOTHING);
  private static final WorkerPolicy KEEPING =
      policy(Duration.ZERO, Optional.empty(), DuringRound.RENEW);
  private static final WorkerPolicy CANCELLING =
      policy(Duration.ZERO, Optional.empty(), DuringRound.RENEW_OR_CANCEL);

  private final FakeTimers timers = new FakeTimers();
  private final FakeLeases.Shared shared = new FakeLeases.Shared();
  private final Replica here = new Replica("here", SHARING);
  private final Replica there = new Replica("there", SHARING);

  private static WorkerPolicy policy(
      Duration linger, Optional<Sharing> sharing, DuringRound during) {
    return new WorkerPolicy(
        linger, sharing, RETRY, Duration.ofMillis(10), !linger.isZero(), during);
  }

  // Acquire

  @Test
  void a_wake_up_takes_the_lease_and_runs_a_round() {
    here.work(1);
    assertThat(here.rounds).hasSize(1);
    assertThat(here.acquired).isEqualTo(1);
    assertThat(shared.holder(KEY)).contains("here");
    assertThat(here.worker.state()).isInstanceOf(State.Holding.class);
  }

  @Test
  void a_wake_up_without_work_asks_for_no_lease() {
    here.wake();
    assertThat(here.leases.calls()).isZero();
    assertThat(here.rests).containsExactly(Optional.empty());
    assertThat(here.worker.state()).isEqualTo(new State.Idle());
  }

  @Test
  void rounds_that_follow_each_other_use_the_same_lease() {
    here.work(5);
    assertThat(here.rounds).hasSize(5);
    // One call took the lease, and none more was made.
    assertThat(here.leases.calls()).isEqualTo(1);
  }

  // One round at a time

  @Test
  void a_wake_up_during_a_round_starts_no_second_one_and_is_not_lost() {
    here.holdRounds = true;
    here.work(1);
    assertThat(here.running).isEqualTo(1);
    here.work(1);
    here.wake();
    assertThat(here.running).isEqualTo(1);
    here.finishRound(new Next.Idle());
    // Idle, says the first round; but there is a wake-up since.
    assertThat(here.running).isEqualTo(1);
    assertThat(here.rounds).hasSize(2);
    here.finishRound(new Next.Idle());
    assertThat(here.rounds).hasSize(2);
  }

  @Test
  void a_wake_up_while_the_lease_is_given_back_is_not_lost() {
    here.work(1);
    CompletableFuture<Void> givenBack = here.holdGiveBack();
    timers.pass(LINGER);
    here.work(1);
    assertThat(here.rounds).hasSize(1);
    givenBack.complete(null);
    assertThat(here.rounds).hasSize(2);
    assertThat(here.acquired).isEqualTo(2);
  }

  @Test
  void a_wake_up_does_not_shorten_a_pause_between_rounds() {
    here.answers.add(new Next.Again(Duration.ofMillis(500)));
    here.work(2);
    here.wake();
    timers.pass(Duration.ofMillis(499));
    assertThat(here.rounds).hasSize(1);
    timers.pass(Duration.ofMillis(1));
    assertThat(here.rounds).hasSize(2);
  }

  // Linger

  @Test
  void the_lease_is_given_back_after_the_linger_time() {
    here.work(1);
    timers.pass(LINGER.minusMillis(1));
    assertThat(shared.holder(KEY)).contains("here");
    assertThat(here.worker.isIdle()).isFalse();
    timers.pass(Duration.ofMillis(1));
    assertThat(shared.holder(KEY)).isEmpty();
    assertThat(here.worker.isIdle()).isTrue();
    assertThat(here.rests).containsExactly(Optional.empty());
    assertThat(timers.running()).isZero();
  }

  @Test
  void the_next_round_of_a_burst_needs_no_new_lease_and_begins_the_linger_time_anew() {
    here.work(1);
    timers.pass(LINGER.minusMillis(1));
    here.work(1);
    assertThat(here.leases.calls()).isEqualTo(1);
    timers.pass(LINGER.minusMillis(1));
    assertThat(shared.holder(KEY)).contains("here");
    timers.pass(Duration.ofMillis(1));
    assertThat(shared.holder(KEY)).isEmpty();
  }

  @Test
  void a_round_that_begins_in_the_linger_time_keeps_the_lease_beyond_it() {
    here.work(1);
    timers.pass(LINGER.minusMillis(1));
    here.holdRounds = true;
    here.work(1);
    timers.pass(LINGER);
    assertThat(shared.holder(KEY)).contains("here");
    assertThat(here.running).isEqualTo(1);
    here.finishRound(new Next.Idle());
    assertThat(here.acquired).isEqualTo(1);
  }

  @Test
  void without_a_linger_time_the_lease_is_given_back_at_once() {
    Replica keeping = new Replica("keeping", KEEPING);
    keeping.work(1);
    assertThat(shared.holder(KEY)).isEmpty();
    assertThat(keeping.rests).containsExactly(Optional.empty());
  }

  @Test
  void work_that_is_due_later_gives_the_lease_back_at_once_and_says_when_it_is_due() {
    here.answers.add(new Next.RetryAfter(Duration.ofSeconds(7)));
    here.work(1);
    assertThat(shared.holder(KEY)).isEmpty();
    assertThat(here.rests).containsExactly(Optional.of(Duration.ofSeconds(7)));
  }

  // Renew and hand over

  @Test
  void a_busy_holder_renews_the_lease_when_it_is_time_to_look_for_others() {
    here.answers.add(new Next.Again(LOOK.plusMillis(1)));
    here.work(2);
    timers.pass(LOOK.plusMillis(1));
    assertThat(here.rounds).hasSize(2);
    assertThat(here.leases.calls()).as("taken, renewed").isEqualTo(2);
  }

  @Test
  void a_busy_holder_hands_the_lease_over_to_a_replica_that_wants_it() {
    here.pauses(Duration.ofMillis(20), 100);
    here.work(100);
    there.work(1);
    assertThat(there.rounds).isEmpty();
    assertThat(there.worker.state()).isInstanceOf(State.Waiting.class);
    assertThat(shared.isWanted(KEY)).isTrue();

    timers.pass(LOOK.plus(YIELD));
    assertThat(there.rounds).hasSize(1);
    int before = here.rounds.size();
    timers.pass(Duration.ofSeconds(5));
    assertThat(here.rounds.size()).as("the holder goes on afterwards").isGreaterThan(before);
    assertThat(shared.holder(KEY)).isEmpty();
  }

  @Test
  void the_holder_is_yielding_until_the_other_replica_had_the_time_to_take_the_lease() {
    here.pauses(Duration.ofMillis(20), 100);
    here.work(100);
    there.work(1);
    for (int i = 0; i < 1_000 && !(here.worker.state() instanceof State.Yielding); i++) {
      timers.pass(Duration.ofMillis(1));
    }
    State.Yielding yielding = (State.Yielding) here.worker.state();
    assertThat(yielding.until() - timers.nanoTime()).isBetween(1L, YIELD.toNanos());
    assertThat(shared.holder(KEY)).isNotEqualTo(Optional.of("here"));
  }

  @Test
  void a_policy_without_sharing_keeps_the_lease_although_another_replica_wants_it() {
    Replica keeping = new Replica("keeping", KEEPING);
    keeping.pauses(Duration.ofSeconds(4), 3);
    keeping.work(4);
    there.work(1);
    timers.pass(Duration.ofSeconds(10));
    assertThat(keeping.acquired).isEqualTo(1);
    assertThat(there.rounds).isEmpty();
    timers.pass(Duration.ofSeconds(10));
    assertThat(there.rounds).hasSize(1);
  }

  @Test
  void a_replica_that_leaves_the_work_to_the_holder_asks_no_more() {
    here.holdRounds = true;
    here.work(1);
    there.waits = false;
    there.work(1);
    assertThat(there.worker.state()).isEqualTo(new State.Idle());
    assertThat(there.rests).containsExactly(Optional.empty());
    int calls = there.leases.calls();
    timers.pass(Duration.ofMinutes(1));
    assertThat(there.leases.calls()).isEqualTo(calls);
  }

  @Test
  void the_pauses_of_a_waiting_replica_have_a_jitter() {
    here.holdRounds = true;
    here.work(1);
    there.random = 7;
    there.work(1);
    assertThat(timers.untilNext()).contains(RETRY.plusMillis(7));
  }

  // Early reads

  @Test
  void early_reads_count_if_the_lease_was_free() {
    here.work(1);
    assertThat(here.earlyReads).isEqualTo(1);
    assertThat(here.earlyCounts).containsExactly(true);
    here.work(1);
    assertThat(here.earlyReads).as("under the same lease").isEqualTo(1);
    timers.pass(LINGER);
    there.work(1);
    assertThat(there.earlyCounts).as("after the linger time").containsExactly(true);
  }

  @Test
  void early_reads_do_not_count_if_another_replica_had_the_lease_meanwhile() {
    here.pauses(Duration.ofMillis(20), 100);
    here.work(100);
    there.work(1);
    assertThat(there.earlyReads).isEqualTo(1);
    timers.pass(LOOK.plus(YIELD));
    assertThat(there.rounds).hasSize(1);
    assertThat(there.earlyReads).as("only with the first attempt").isEqualTo(1);
    assertThat(there.earlyCounts).containsExactly(false);
  }

  @Test
  void early_reads_do_not_count_if_another_replica_stopped_meanwhile() {
    here.holdRounds = true;
    here.work(1);
    here.worker.stop();
    there.duringEarlyRead = () -> here.finishRound(new Next.Idle());
    there.work(1);
    assertThat(there.rounds).as("the lease is taken at once").hasSize(1);
    assertThat(there.earlyCounts).containsExactly(false);
  }

  @Test
  void early_reads_do_not_count_if_the_lease_came_late() {
    here.duringEarlyRead = () -> timers.freeze(SHARING.longestEarlyRead());
    here.work(1);
    assertThat(here.earlyCounts).containsExactly(false);
    timers.pass(LINGER);
    here.duringEarlyRead = () -> timers.freeze(SHARING.longestEarlyRead().minusNanos(1));
    here.work(1);
    assertThat(here.earlyCounts).containsExactly(false, true);
  }

  @Test
  void a_policy_without_early_reads_has_none() {
    Replica keeping = new Replica("keeping", KEEPING);
    keeping.work(1);
    assertThat(keeping.earlyReads).isZero();
    assertThat(keeping.earlyCounts).containsExactly(false);
  }

  // Take over, freeze, lose

  @Test
  void the_lease_of_a_dead_holder_is_taken_over_when_its_beat_was_missing_for_a_life() {
    here.holdRounds = true;
    here.work(1);
    there.holdRounds = true;
    there.work(1);
    timers.pass(LIFE.minusSeconds(1));
    assertThat(there.rounds).isEmpty();
    timers.pass(Duration.ofSeconds(2));
    assertThat(there.rounds).hasSize(1);
    assertThat(shared.holder(KEY)).contains("there");
  }

  @Test
  void a_process_that_was_held_up_past_its_lease_finds_out_before_the_next_round() {
    here.pauses(Duration.ofMillis(10), 1);
    here.work(2);
    there.work(1);
    // Held up: its timers fire late, while the other replica goes on.
    here.frozen = true;
    timers.pass(LIFE.plusSeconds(2));
    assertThat(there.rounds).hasSize(1);
    assertThat(here.rounds).hasSize(1);
    timers.pass(Duration.ofSeconds(1));
    here.frozen = false;
    here.thaw();
    assertThat(here.rounds).hasSize(2);
    assertThat(here.acquired).as("the lost lease is not used again").isEqualTo(2);
    assertThat(here.rounds.get(1)).isNotSameAs(here.rounds.get(0));
  }

  @Test
  void a_round_that_was_held_up_sees_that_its_lease_may_be_lost() {
    here.holdRounds = true;
    here.work(1);
    Lease lease = here.rounds.get(0);
    assertThat(lease.isOld()).isFalse();
    timers.freeze(LIFE.dividedBy(3).plusMillis(1));
    assertThat(lease.isOld()).isTrue();
    assertThat(lease.mayBeLost()).isFalse();
    timers.freeze(LIFE.dividedBy(3));
    assertThat(lease.mayBeLost()).isTrue();
  }

  @Test
  void a_lost_lease_is_not_given_back_to_the_harm_of_the_new_holder() {
    here.holdRounds = true;
    here.work(1);
    there.holdRounds = true;
    there.work(1);
    timers.pass(LIFE.plusSeconds(1));
    assertThat(shared.holder(KEY)).contains("there");
    here.finishRound(new Next.Idle());
    timers.pass(LINGER);
    assertThat(shared.holder(KEY)).contains("there");
  }

  // During a long round

  @Test
  void the_lease_is_renewed_during_a_long_round() {
    Replica keeping = new Replica("keeping", KEEPING);
    keeping.holdRounds = true;
    keeping.work(1);
    there.work(1);
    timers.pass(LIFE.multipliedBy(5));
    assertThat(there.rounds).isEmpty();
    assertThat(keeping.rounds.get(0).isOld()).isFalse();
    keeping.finishRound(new Next.Idle());
    timers.pass(RETRY.plusMillis(10));
    assertThat(there.rounds).hasSize(1);
    timers.pass(LINGER);
    assertThat(timers.running()).as("no beat goes on after its round").isZero();
  }

  @Test
  void a_database_that_is_away_for_a_moment_does_not_end_the_renewals() {
    Replica keeping = new Replica("keeping", KEEPING);
    keeping.holdRounds = true;
    keeping.work(1);
    keeping.leases.away(true);
    timers.pass(LIFE);
    assertThat(keeping.rounds.get(0).mayBeLost()).isTrue();
    keeping.leases.away(false);
    timers.pass(LIFE);
    assertThat(keeping.rounds.get(0).mayBeLost()).isFalse();
  }

  @Test
  void a_round_that_may_be_cancelled_is_when_its_lease_is_lost() {
    Replica cancelling = new Replica("cancelling", CANCELLING);
    cancelling.holdRounds = true;
    cancelling.work(1);
    shared.drop(KEY);
    timers.pass(LIFE.dividedBy(3));
    assertThat(cancelling.cancelled).isEqualTo(1);
    assertThat(cancelling.failures).hasOnlyElementsOfType(LeaseLost.class).hasSize(1);
  }

  @Test
  void a_round_that_may_be_cancelled_is_when_the_lease_ran_out_without_a_database() {
    Replica cancelling = new Replica("cancelling", CANCELLING);
    cancelling.holdRounds = true;
    cancelling.work(1);
    cancelling.leases.away(true);
    timers.pass(LIFE.dividedBy(3));
    assertThat(cancelling.cancelled).isZero();
    timers.pass(LIFE.dividedBy(3).multipliedBy(2));
    assertThat(cancelling.cancelled).isEqualTo(1);
  }

  // Failure

  @Test
  void a_failed_round_is_repeated_after_the_pause_that_the_work_wants() {
    here.failed = new Next.Again(Duration.ofMillis(70));
    here.fails(1);
    here.work(1);
    assertThat(here.failures).hasSize(1);
    assertThat(here.rounds).hasSize(1);
    timers.pass(Duration.ofMillis(70));
    assertThat(here.rounds).hasSize(2);
    assertThat(here.acquired).as("under the same lease").isEqualTo(1);
  }

  @Test
  void a_failure_to_take_the_lease_is_a_failure_of_the_work_as_well() {
    here.failed = new Next.RetryAfter(Duration.ofSeconds(2));
    here.leases.away(true);
    here.work(1);
    assertThat(here.failures).hasSize(1);
    assertThat(here.rests).containsExactly(Optional.of(Duration.ofSeconds(2)));
    here.leases.away(false);
    here.wake();
    assertThat(here.rounds).hasSize(1);
  }

  @Test
  void a_lease_that_cannot_be_given_back_runs_out_and_the_worker_rests() {
    here.work(1);
    here.leases.away(true);
    timers.pass(LINGER);
    assertThat(here.worker.isIdle()).isTrue();
    assertThat(here.rests).hasSize(1);
  }

  // Stop

  @Test
  void a_stop_while_the_worker_lingers_gives_the_lease_back_at_once() {
    here.work(1);
    here.worker.stop();
    assertThat(shared.holder(KEY)).isEmpty();
    assertThat(here.worker.state()).isEqualTo(new State.Stopped());
    assertThat(timers.running()).isZero();
  }

  @Test
  void a_stop_during_a_round_lets_it_end_and_then_refuses_the_rest() {
    here.holdRounds = true;
    here.work(2);
    here.worker.stop();
    assertThat(here.told).isTrue();
    assertThat(here.refusals).isZero();
    assertThat(shared.holder(KEY)).contains("here");
    here.finishRound(Next.Again.NOW);
    assertThat(here.rounds).hasSize(1);
    assertThat(here.refusals).isEqualTo(1);
    assertThat(shared.holder(KEY)).isEmpty();
    assertThat(here.worker.state()).isEqualTo(new State.Stopped());
  }

  @Test
  void a_stop_ends_a_pause_under_the_lease() {
    here.pauses(Duration.ofSeconds(5), 1);
    here.work(2);
    here.worker.stop();
    assertThat(here.refusals).isEqualTo(1);
    assertThat(shared.holder(KEY)).isEmpty();
    timers.pass(Duration.ofMinutes(1));
    assertThat(here.rounds).hasSize(1);
  }

  @Test
  void a_stop_while_the_worker_waits_for_the_lease_asks_no_more() {
    here.holdRounds = true;
    here.work(1);
    there.work(1);
    there.worker.stop();
    assertThat(there.worker.state()).isEqualTo(new State.Stopped());
    assertThat(there.refusals).isEqualTo(1);
    int calls = there.leases.calls();
    timers.pass(Duration.ofMinutes(1));
    assertThat(there.leases.calls()).isEqualTo(calls);
    assertThat(shared.holder(KEY)).contains("here");
  }

  @Test
  void a_stop_cancels_a_round_that_may_be_cancelled() {
    Replica cancelling = new Replica("cancelling", CANCELLING);
    cancelling.holdRounds = true;
    cancelling.work(1);
    cancelling.worker.stop();
    assertThat(cancelling.cancelled).isEqualTo(1);
    assertThat(cancelling.failures).isEmpty();
    assertThat(shared.holder(KEY)).isEmpty();
    assertThat(cancelling.worker.state()).isEqualTo(new State.Stopped());
  }

  @Test
  void work_that_comes_after_the_stop_is_refused() {
    here.worker.stop();
    here.left = 1;
    here.worker.request();
    here.worker.stop();
    assertThat(here.refusals).isEqualTo(2);
    assertThat(here.rounds).isEmpty();
    assertThat(here.leases.calls()).isZero();
  }

  /** A replica with one worker whose work the test decides. */
  private final class Replica implements Round {

    private final FakeLeases leases;
    private final LeasedWorker worker;
    private final Deque<Next> answers = new ArrayDeque<>();
    private final List<Lease> rounds = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<Optional<Duration>> rests = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private Next failed = new Next.Idle();
    private CompletableFuture<Next> round;
    private boolean holdRounds;
    private boolean waits = true;
    private boolean frozen;
    private boolean told;
    private int left;
    private int failing;
    private int running;
    private int acquired;
    private int earlyReads;
    private final List<Boolean> earlyCounts = new ArrayList<>();
    private Runnable duringEarlyRead = () -> {};
    private int cancelled;
    private int refusals;
    private long random;
    private CompletableFuture<Void> giveBack;

    Replica(String name, WorkerPolicy policy) {
      leases = new FakeLeases(shared, name, timers, LIFE);
      RandomGenerator generator =
          new RandomGenerator() {
            @Override
            public long nextLong() {
              return random;
            }

            @Override
            public long nextLong(long bound) {
              return random % bound;
            }
          };
      LeaseStore store = new HeldStore(leases, () -> giveBack);
      worker =
          new LeasedWorker(
              KEY,
              this,
              policy,
              new WorkerRuntime(store, timers, generator, this::execute),
              (who, wakeAfter) -> rests.add(wakeAfter));
    }

    private void execute(Runnable task) {
      if (frozen) {
        late.add(task);
      } else {
        task.run();
      }
    }

    void thaw() {
      List.copyOf(late).forEach(Runnable::run);
      late.clear();
    }

    void work(int pieces) {
      left += pieces;
      wake();
    }

    void wake() {
      worker.request();
      worker.start();
    }

    void pauses(Duration pause, int times) {
      for (int i = 0; i < times; i++) {
        answers.add(new Next.Again(pause));
      }
    }

    void fails(int times) {
      failing = times;
    }

    CompletableFuture<Void> holdGiveBack() {
      giveBack = new CompletableFuture<>();
      return giveBack;
    }

    void finishRound(Next next) {
      CompletableFuture<Next> ending = round;
      running--;
      left = Math.max(0, left - 1);
      ending.complete(next);
    }

    @Override
    public Optional<Next> insteadOfRound() {
      return left == 0 ? Optional.of(new Next.Idle()) : Optional.empty();
    }

    @Override
    public void readEarly() {
      earlyReads++;
      duringEarlyRead.run();
    }

    @Override
    public void acquired(boolean early) {
      acquired++;
      earlyCounts.add(early);
    }

    @Override
    public Uni<Next> run(Lease lease) {
      rounds.add(lease);
      if (failing-- > 0) {
        return Uni.createFrom().failure(new IllegalStateException("as the test wants"));
      }
      if (holdRounds) {
        running++;
        round = new CompletableFuture<>();
        return Uni.createFrom()
            .completionStage(round)
            .onCancellation()
            .invoke(
                () -> {
                  running--;
                  cancelled++;
                });
      }
      left--;
      return Uni.createFrom().item(answers.isEmpty() ? Next.Again.NOW : answers.poll());
    }

    @Override
    public Uni<Boolean> isStillWaiting() {
      return Uni.createFrom().item(waits);
    }

    @Override
    public Next failed(Throwable failure) {
      failures.add(failure);
      return failed;
    }

    @Override
    public void stopping() {
      told = true;
    }

    @Override
    public void refuse() {
      refusals++;
      left = 0;
    }
  }

  /** Lets the giving back of a lease take until the test ends it. */
  private record HeldStore(
      FakeLeases leases, java.util.function.Supplier<CompletableFuture<Void>> held)
      implements LeaseStore {

    @Override
    public Uni<Optional<Lease>> take(LeaseKey key) {
      return leases.take(key);
    }

    @Override
    public Uni<Renewal> renew(Lease lease) {
      return leases.renew(lease);
    }

    @Override
    public Uni<Void> giveBack(Lease lease) {
      CompletableFuture<Void> until = held.get();
      return until == null
          ? leases.giveBack(lease)
          : Uni.createFrom().completionStage(until).chain(() -> leases.giveBack(lease));
    }

    @Override
    public Uni<Void> handOver(Lease lease) {
      return leases.handOver(lease);
    }

    @Override
    public void forget(LeaseKey key) {
      leases.forget(key);
    }
  }
}
