package chat.switchboard.http;

import chat.switchboard.ops.Cause;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Logs an unexpected failure in one line: the request, the class of the exception and the place
 * where it was thrown. The line has no message, because the message can quote the client's input,
 * and no stack trace, because a client can cause any number of failures; both are logged at DEBUG.
 * At most ten lines a minute are written for one kind of failure, and sixty for all kinds together.
 */
@ApplicationScoped
public class UnexpectedFailures {

  private static final Logger LOG = Logger.getLogger(UnexpectedFailures.class);
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int LINES_OF_A_KIND = 10;
  private static final int LINES = 60;

  private final FixedWindowLimiter kinds;
  private final FixedWindowLimiter all;
  private final AtomicLong unlogged = new AtomicLong();

  UnexpectedFailures(Clock clock) {
    this.kinds = new FixedWindowLimiter(LINES_OF_A_KIND, PERIOD, clock);
    this.all = new FixedWindowLimiter(LINES, PERIOD, clock);
  }

  /** The response to the client. */
  public static Problem problem(String id) {
    return Problem.of(500, "Internal error; for details search the log for error " + id);
  }

  /**
   * @return the id of this failure in the log and in the response
   */
  public String log(RoutingContext request, Throwable failure) {
    return request == null
        ? log("-", "-", failure)
        : log(Methods.label(request.request().method()), PathTemplate.forLog(request), failure);
  }

  String log(String method, String path, Throwable failure) {
    String id = Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 16);
    String kind = Cause.trace(failure);
    if (kinds.allows(kind) && all.allows("")) {
      long before = unlogged.getAndSet(0);
      LOG.errorf(
          "%s %s failed unexpectedly, error %s: %s%s",
          method,
          path,
          id,
          kind,
          before == 0 ? "" : " (" + before + " more failures were not logged)");
    } else {
      unlogged.incrementAndGet();
    }
    LOG.debugf(failure, "Error %s", id);
    return id;
  }
}
