package chat.switchboard.mongo;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;

/** The Vert.x context of a caller, on which the caller's next step must run. */
final class CallerContext {

  private CallerContext() {}

  /**
   * Returns an executor that runs tasks on the current context, after the tasks that the context
   * has already. Without a context the executor runs a task at once, on the thread that has it.
   */
  static Executor current() {
    Context context = Vertx.currentContext();
    return context == null ? Runnable::run : task -> context.runOnContext(go -> task.run());
  }
}
