package chat.switchboard.hooks;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs what takes processor time, such as a rendering, outside of the event loop; bounded. */
@ApplicationScoped
class HookWorkers {

  /** The processors have other work: a template takes up to 200 ms. */
  private static final int THREADS = 2;

  private static final int MOST_WAITING = 512;

  private final WorkerExecutor threads;
  private final AtomicInteger waiting = new AtomicInteger();

  HookWorkers(Vertx vertx) {
    this.threads = vertx.createSharedWorkerExecutor("switchboard-hooks", THREADS);
  }

  /** Too much work waits: the delivery is kept, and is processed later. */
  static final class Busy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Busy() {
      super("Too many webhooks wait for their rendering", null, false, false);
    }
  }

  /** Runs the work; fails with {@link Busy} if too much waits. */
  <T> Uni<T> run(Callable<T> work) {
    return Uni.createFrom()
        .deferred(
            () -> {
              if (waiting.incrementAndGet() > MOST_WAITING) {
                waiting.decrementAndGet();
                return Uni.createFrom().failure(new Busy());
              }
              return Uni.createFrom()
                  .completionStage(() -> threads.executeBlocking(work, false).toCompletionStage())
                  .onTermination()
                  .invoke(waiting::decrementAndGet);
            });
  }

  @PreDestroy
  void stop() {
    threads.close();
  }
}
