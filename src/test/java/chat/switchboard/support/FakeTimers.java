package chat.switchboard.support;

import chat.switchboard.ops.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/** Time that a test moves: timers fire in their order while the time passes over them. */
public final class FakeTimers implements Timers {

  /** Not zero, as {@link System#nanoTime()} may be negative or large. */
  private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

  private final long origin = now;
  private long started;
  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(
          Comparator.comparingLong((Planned timer) -> timer.dueAfter)
              .thenComparingLong(timer -> timer.number));

  private static final class Planned {
    private final long dueAfter;
    private final long number;
    private final Runnable action;

    Planned(long dueAfter, long number, Runnable action) {
      this.dueAfter = dueAfter;
      this.number = number;
      this.action = action;
    }
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    long millis = Math.max(1, delay.toMillis());
    Planned timer =
        new Planned(now - origin + Duration.ofMillis(millis).toNanos(), started++, action);
    planned.add(timer);
    return () -> planned.remove(timer);
  }

  @Override
  public Executor newContext() {
    return Runnable::run;
  }

  /** Lets the time pass; each timer that becomes due fires at its time. */
  public void pass(Duration time) {
    long until = now - origin + time.toNanos();
    while (!planned.isEmpty() && planned.peek().dueAfter <= until) {
      Planned next = planned.poll();
      now = origin + Math.max(next.dueAfter, now - origin);
      next.action.run();
    }
    now = origin + until;
  }

  /**
   * Lets the time pass without a timer, as in a process that is suspended: due timers fire late.
   */
  public void freeze(Duration time) {
    now += time.toNanos();
  }

  /** Returns the time until the next timer; empty without one. */
  public Optional<Duration> untilNext() {
    return Optional.ofNullable(planned.peek())
        .map(next -> Duration.ofNanos(next.dueAfter - (now - origin)));
  }

  /** Returns the number of timers that have not fired. */
  public int running() {
    return planned.size();
  }
}
