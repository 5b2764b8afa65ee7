package chat.switchboard.ops;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Timers and the monotonic time that they run by. Code that waits takes this interface in its
 * constructor, so that a test moves the time itself.
 */
public interface Timers {

  /** A timer that has not fired yet. */
  interface Timer {

    /** Stops the timer; a timer that has fired or was cancelled is left as it is. */
    void cancel();
  }

  /** Returns the monotonic time in nanoseconds; only differences have a meaning. */
  long nanoTime();

  /**
   * Starts a timer that fires once.
   *
   * @param delay from now; less than a millisecond counts as one millisecond
   */
  Timer after(Duration delay, Runnable action);

  /** Returns a pause of this length, which begins with the subscription. */
  default Uni<Void> pause(Duration length) {
    return Uni.createFrom()
        .emitter(
            emitter -> {
              Timer timer = after(length, () -> emitter.complete(null));
              emitter.onTermination(timer::cancel);
            });
  }

  /**
   * Runs tasks on a new Vert.x context each, with no data of the request or timer that starts them.
   */
  Executor newContext();
}
