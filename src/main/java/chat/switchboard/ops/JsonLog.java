package chat.switchboard.ops;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.handlers.ConsoleHandler;

/**
 * Writes the log as JSON, one object for each line, if {@code switchboard.log.json} is set. The
 * first lines of the server, before this bean starts, are plain text.
 */
@ApplicationScoped
class JsonLog {

  private final LogConfig config;

  JsonLog(LogConfig config) {
    this.config = config;
  }

  /** Before every other bean that writes to the log. */
  void onStart(@Observes @Priority(0) StartupEvent event) {
    if (config.json()) {
      for (Handler handler : Logger.getLogger("").getHandlers()) {
        format(handler);
      }
    }
  }

  private static void format(Handler handler) {
    if (handler instanceof ConsoleHandler) {
      handler.setFormatter(new JsonLines());
    } else if (handler instanceof ExtHandler group) {
      for (Handler inner : group.getHandlers()) {
        format(inner);
      }
    }
  }
}
