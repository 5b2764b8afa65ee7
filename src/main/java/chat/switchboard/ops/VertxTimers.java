package chat.switchboard.ops;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The timers of Vert.x, by {@link System#nanoTime()}. */
@Singleton
class VertxTimers implements Timers {

  private final Vertx vertx;

  VertxTimers(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    // A timer runs on the context that sets the timer: Panache refuses a root context, and a
    // request's context has the values of that request.
    long id = vertx.setTimer(Math.max(1, delay.toMillis()), fired -> newContext().execute(action));
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public Executor newContext() {
    return task ->
        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext())
            .runOnContext(here -> task.run());
  }
}
