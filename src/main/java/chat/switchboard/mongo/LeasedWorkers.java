package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import jakarta.inject.Singleton;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Makes the registries of leased workers. */
@Singleton
public class LeasedWorkers {

  private final LeaseStore leases;
  private final Timers timers;
  private final RandomGenerator random;

  LeasedWorkers(LeaseStore leases, Timers timers, RandomGenerator random) {
    this.leases = leases;
    this.timers = timers;
    this.random = random;
  }

  /** The keys and the rounds of workers of one kind. */
  public interface Kind<R extends Round> {

    /** Returns the key of the lease for this name. */
    LeaseKey key(String name);

    /** Returns the rounds for this name. */
    R round(String name);

    /** Called when the worker of this name is removed from the registry. */
    default void removed(String name) {}

    /**
     * Returns a kind of these functions.
     *
     * @param key the key of the lease for a name
     * @param round the rounds for a name
     * @param removed called when the worker of a name is removed from the registry
     */
    static <R extends Round> Kind<R> of(
        Function<String, LeaseKey> key, Function<String, R> round, Consumer<String> removed) {
      return new Kind<>() {
        @Override
        public LeaseKey key(String name) {
          return key.apply(name);
        }

        @Override
        public R round(String name) {
          return round.apply(name);
        }

        @Override
        public void removed(String name) {
          removed.accept(name);
        }
      };
    }
  }

  /** Returns a registry whose workers run on the thread that wakes them. */
  public <R extends Round> WorkerRegistry<R> inPlace(WorkerPolicy policy, Kind<R> kind) {
    return registry(policy, kind, Runnable::run);
  }

  /** Returns a registry in which each worker runs on a separate Vert.x context. */
  public <R extends Round> WorkerRegistry<R> onOwnContext(WorkerPolicy policy, Kind<R> kind) {
    return registry(policy, kind, timers.newContext());
  }

  private <R extends Round> WorkerRegistry<R> registry(
      WorkerPolicy policy, Kind<R> kind, Executor executor) {
    return new WorkerRegistry<>(policy, kind, new WorkerRuntime(leases, timers, random, executor));
  }
}
