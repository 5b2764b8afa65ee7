package chat.switchboard.support;

import chat.switchboard.ops.Timers;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Timers of the real time, which passes some times faster. */
public final class FastTimers implements Timers, AutoCloseable {

  private final ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
  private final int speed;

  public FastTimers(int speed) {
    this.speed = speed;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() * speed;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    Future<?> planned = threads.schedule(action, delay.toNanos() / speed, TimeUnit.NANOSECONDS);
    return () -> planned.cancel(false);
  }

  @Override
  public Executor newContext() {
    return Runnable::run;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
