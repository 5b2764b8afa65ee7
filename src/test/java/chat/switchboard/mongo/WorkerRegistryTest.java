package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.FakeTimers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Workers are made when they are woken, and removed when they rest. */
@Tag("unit")
class WorkerRegistryTest {

  private static final WorkerPolicy POLICY =
      new WorkerPolicy(
          Duration.ZERO,
          Optional.empty(),
          Duration.ofSeconds(1),
          Duration.ZERO,
          false,
          WorkerPolicy.DuringRound.NOTHING);

  private final FakeTimers timers = new FakeTimers();
  private final FakeLeases.Shared shared = new FakeLeases.Shared();
  private final FakeLeases leases = new FakeLeases(shared, "here", timers, Duration.ofSeconds(9));
  private final List<Work> made = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();
  private Next after = new Next.Idle();
  private CompletableFuture<Next> held;
  private final WorkerRegistry<Work> registry = registry(leases);

  private WorkerRegistry<Work> registry(LeaseStore store) {
    return new LeasedWorkers(store, timers, () -> 0L)
        .inPlace(POLICY, LeasedWorkers.Kind.of(LeaseKey::sender, name -> made(), removed::add));
  }

  private Work made() {
    Work work = new Work();
    made.add(work);
    return work;
  }

  @Test
  void a_worker_that_rests_is_removed() {
    registry.wake("one");
    assertThat(made).hasSize(1);
    assertThat(made.get(0).rounds).isEqualTo(1);
    assertThat(removed).containsExactly("one");
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void a_worker_that_is_busy_is_woken_and_no_second_one_is_made() {
    held = new CompletableFuture<>();
    registry.wake("one");
    registry.wake("one", work -> work.given++);
    assertThat(registry.names()).containsExactly("one");
    assertThat(made).hasSize(1);
    assertThat(made.get(0).given).isEqualTo(1);
    CompletableFuture<Next> first = held;
    held = null;
    first.complete(new Next.Idle());
    assertThat(made.get(0).rounds).as("the wake-up is not lost").isEqualTo(2);
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void workers_of_different_names_work_side_by_side() {
    held = new CompletableFuture<>();
    registry.wake("one");
    registry.wake("two");
    assertThat(made).hasSize(2);
    assertThat(registry.names()).containsExactlyInAnyOrder("one", "two");
    assertThat(shared.holder(LeaseKey.sender("one"))).contains("here");
    assertThat(shared.holder(LeaseKey.sender("two"))).contains("here");
  }

  @Test
  void a_worker_with_work_that_is_due_later_is_removed_and_woken_at_that_time() {
    after = new Next.RetryAfter(Duration.ofSeconds(30));
    registry.wake("one");
    assertThat(registry.names()).isEmpty();
    after = new Next.Idle();
    timers.pass(Duration.ofMillis(29_999));
    assertThat(made).hasSize(1);
    timers.pass(Duration.ofMillis(1));
    assertThat(made).hasSize(2);
    assertThat(timers.running()).isZero();
  }

  @Test
  void there_is_one_wake_up_for_each_name_and_the_newest_counts() {
    registry.wakeAfter("one", Duration.ofSeconds(5));
    registry.wakeAfter("one", Duration.ofSeconds(7));
    registry.wakeAfter("two", Duration.ofSeconds(9));
    assertThat(timers.running()).isEqualTo(2);
    timers.pass(Duration.ofSeconds(6));
    assertThat(made).isEmpty();
    timers.pass(Duration.ofSeconds(1));
    assertThat(made).hasSize(1);
  }

  @Test
  void after_the_stop_no_timer_wakes_a_worker_and_work_is_refused() {
    registry.wakeAfter("one", Duration.ofSeconds(5));
    registry.stop();
    registry.wakeAfter("two", Duration.ofSeconds(5));
    timers.pass(Duration.ofSeconds(10));
    assertThat(made).isEmpty();
    registry.wake("one", work -> work.given++);
    assertThat(made.get(0).rounds).isZero();
    assertThat(made.get(0).refusals).isEqualTo(1);
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void the_stop_reaches_each_worker() {
    held = new CompletableFuture<>();
    registry.wake("one");
    registry.wake("two");
    registry.stop();
    assertThat(made).allMatch(work -> work.told);
    held.complete(Next.Again.NOW);
    assertThat(made).allMatch(work -> work.refusals == 1 && work.rounds == 1);
    assertThat(shared.holder(LeaseKey.sender("one"))).isEmpty();
  }

  /** Many threads give work while the worker comes and goes: none of it is left. */
  @Test
  void no_work_is_lost_between_the_rest_of_a_worker_and_its_removal() throws Exception {
    AtomicInteger done = new AtomicInteger();
    AtomicInteger insideOfRounds = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    WorkerRegistry<Counting> counting =
        new LeasedWorkers(new EveryLease(timers), timers, () -> 0L)
            .inPlace(
                POLICY,
                new LeasedWorkers.Kind<>() {
                  @Override
                  public LeaseKey key(String name) {
                    return LeaseKey.sender(name);
                  }

                  @Override
                  public Counting round(String name) {
                    return new Counting(new AtomicInteger(), done, insideOfRounds, together);
                  }
                });
    int threads = 8;
    int each = 5_000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch start = new CountDownLatch(1);
    for (int thread = 0; thread < threads; thread++) {
      pool.submit(
          () -> {
            start.await();
            for (int i = 0; i < each; i++) {
              counting.wake("one", work -> work.given.incrementAndGet());
            }
            return null;
          });
    }
    start.countDown();
    pool.shutdown();
    assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(done).hasValue(threads * each);
    assertThat(together).as("rounds at the same time").hasValue(1);
    assertThat(counting.names()).isEmpty();
  }

  private final class Work implements Round {
    private int given;
    private int rounds;
    private int refusals;
    private boolean told;

    @Override
    public Optional<Next> insteadOfRound() {
      return Optional.empty();
    }

    @Override
    public Uni<Next> run(Lease lease) {
      rounds++;
      return held == null ? Uni.createFrom().item(after) : Uni.createFrom().completionStage(held);
    }

    @Override
    public Uni<Boolean> isStillWaiting() {
      return Uni.createFrom().item(true);
    }

    @Override
    public Next failed(Throwable failure) {
      return new Next.Idle();
    }

    @Override
    public void stopping() {
      told = true;
    }

    @Override
    public void refuse() {
      refusals++;
    }
  }

  private record Counting(
      AtomicInteger given, AtomicInteger done, AtomicInteger inside, AtomicInteger together)
      implements Round {

    @Override
    public Optional<Next> insteadOfRound() {
      return given.get() == 0 ? Optional.of(new Next.Idle()) : Optional.empty();
    }

    @Override
    public Uni<Next> run(Lease lease) {
      int now = inside.incrementAndGet();
      together.accumulateAndGet(now, Math::max);
      done.addAndGet(given.getAndSet(0));
      inside.decrementAndGet();
      return Uni.createFrom().item(new Next.Idle());
    }

    @Override
    public Uni<Boolean> isStillWaiting() {
      return Uni.createFrom().item(true);
    }

    @Override
    public Next failed(Throwable failure) {
      throw new AssertionError(failure);
    }
  }

  /** Gives each lease at once; for many threads, which the fake leases are not made for. */
  private record EveryLease(FakeTimers timers) implements LeaseStore {

    @Override
    public Uni<Optional<Lease>> take(LeaseKey key) {
      return Uni.createFrom()
          .item(Optional.of(new Lease(key, "token", Duration.ofHours(1), 0, () -> 0, true)));
    }

    @Override
    public Uni<Renewal> renew(Lease lease) {
      return Uni.createFrom().item(Renewal.KEPT);
    }

    @Override
    public Uni<Void> giveBack(Lease lease) {
      return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> handOver(Lease lease) {
      return Uni.createFrom().voidItem();
    }

    @Override
    public void forget(LeaseKey key) {}
  }
}
