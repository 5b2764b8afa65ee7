package chat.switchboard.simulation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** The worker pool of all replicas: each task is an event of the replica that submits it. */
final class VirtualScheduler extends AbstractExecutorService implements ScheduledExecutorService {

  private final World world;

  VirtualScheduler(World world) {
    this.world = world;
  }

  private static final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private Runnable remove = () -> {};

    Task(Callable<V> action) {
      super(action);
    }

    boolean repeat() {
      return runAndReset();
    }

    @Override
    public boolean cancel(boolean interrupt) {
      remove.run();
      return super.cancel(false);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return 0;
    }

    @Override
    public int compareTo(Delayed other) {
      return 0;
    }
  }

  private static Duration duration(long delay, TimeUnit unit) {
    return Duration.ofNanos(unit.toNanos(delay));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> action, long delay, TimeUnit unit) {
    Task<V> task = new Task<>(action);
    task.remove = world.after(duration(delay, unit), task);
    return task;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          action.run();
          return null;
        },
        delay,
        unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable action, long delay, long period, TimeUnit unit) {
    Task<Void> task =
        new Task<>(
            () -> {
              action.run();
              return null;
            });
    plan(task, duration(delay, unit), duration(period, unit));
    return task;
  }

  private void plan(Task<Void> task, Duration delay, Duration period) {
    task.remove =
        world.after(
            delay,
            () -> {
              if (task.repeat()) {
                plan(task, period, period);
              }
            });
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable action, long delay, long period, TimeUnit unit) {
    return scheduleAtFixedRate(action, delay, period, unit);
  }

  @Override
  public void execute(Runnable action) {
    world.after(Duration.ZERO, action);
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
