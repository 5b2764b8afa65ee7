package chat.switchboard.mongo;

import chat.switchboard.ops.Timers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The workers of one kind that have something to do in this process. A worker is made when it is
 * woken first, and removed when it rests.
 *
 * @param <R> the work
 */
public final class WorkerRegistry<R extends Round> {

  private record Entry<R>(R round, LeasedWorker worker) {}

  private static final class WakeUp {
    /** Set before any other thread sees the object. */
    private Timers.Timer timer;
  }

  private final WorkerPolicy policy;
  private final LeasedWorkers.Kind<R> kind;
  private final WorkerRuntime runtime;
  private final ConcurrentHashMap<String, Entry<R>> entries = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, WakeUp> wakeUps = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  WorkerRegistry(WorkerPolicy policy, LeasedWorkers.Kind<R> kind, WorkerRuntime runtime) {
    this.policy = policy;
    this.kind = kind;
    this.runtime = runtime;
  }

  /** Wakes the worker of this name. */
  public void wake(String name) {
    wake(name, round -> {});
  }

  /**
   * Gives work to the worker of this name, and wakes the worker.
   *
   * @param give adds to the work; called once, while the worker cannot be removed
   */
  public void wake(String name, Consumer<R> give) {
    LeasedWorker worker =
        entries
            .compute(
                name,
                (same, known) -> {
                  Entry<R> entry = known == null ? entry(name) : known;
                  give.accept(entry.round());
                  entry.worker().request();
                  return entry;
                })
            .worker();
    if (stopping) {
      worker.stop();
    } else {
      worker.start();
    }
  }

  private Entry<R> entry(String name) {
    R round = kind.round(name);
    return new Entry<>(
        round,
        new LeasedWorker(
            kind.key(name),
            round,
            policy,
            runtime,
            (worker, wakeAfter) -> {
              removeIfIdle(name, worker);
              wakeAfter.ifPresent(pause -> wakeAfter(name, pause));
            }));
  }

  /**
   * Wakes the worker of this name after a pause. There is one timer for each name, the newest: the
   * newest call knows best.
   */
  public void wakeAfter(String name, Duration pause) {
    if (stopping) {
      return;
    }
    wakeUps.compute(
        name,
        (same, before) -> {
          if (before != null) {
            before.timer.cancel();
          }
          WakeUp wakeUp = new WakeUp();
          wakeUp.timer = runtime.timers().after(pause, () -> fire(name, wakeUp));
          return wakeUp;
        });
  }

  private void fire(String name, WakeUp wakeUp) {
    if (wakeUps.remove(name, wakeUp) && !stopping) {
      wake(name);
    }
  }

  /** The worker has nothing to do any more, unless it was woken just now. */
  private void removeIfIdle(String name, LeasedWorker worker) {
    entries.computeIfPresent(
        name,
        (same, entry) -> {
          if (entry.worker() != worker || !worker.isIdle()) {
            return entry;
          }
          kind.removed(name);
          return null;
        });
  }

  /** Returns the names of the workers that have something to do; a live view. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** Stops all workers; work that comes later is refused by {@link Round#refuse()}. */
  public void stop() {
    stopping = true;
    entries.values().forEach(entry -> entry.worker().stop());
  }
}
