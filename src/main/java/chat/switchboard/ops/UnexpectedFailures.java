package chat.switchboard.ops;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Logs a failure that nobody expected in one line: what was asked for, the kind of failure and
 * where it was thrown. Its message is left out, since it can quote what the client sent, and there
 * is no stack trace, since a client can cause any number of them; both are logged at DEBUG. One
 * kind of failure has at most ten lines a minute, all together sixty.
 */
@ApplicationScoped
public class UnexpectedFailures {

  private static final Logger LOG = Logger.getLogger(UnexpectedFailures.class);
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int LINES_OF_A_KIND = 10;
  private static final int LINES = 60;
  private static final int FRAMES = 4;
  private static final int CAUSES = 3;
  private static final String OURS = "chat.switchboard.";

  /** They stand in every trace, and say nothing. */
  private static final Set<String> EVERY_REQUEST =
      Set.of(RequestGate.class.getName(), RequestLog.class.getName());

  private final Windows kinds;
  private final Windows all;
  private final AtomicLong unlogged = new AtomicLong();

  UnexpectedFailures(Clock clock) {
    this.kinds = new Windows(LINES_OF_A_KIND, PERIOD, clock);
    this.all = new Windows(LINES, PERIOD, clock);
  }

  /** What the client is told of it. */
  public static Problem problem(String id) {
    return Problem.of(500, "Something went wrong here; the log has it as error " + id);
  }

  /**
   * @return the name of this failure in the log and in the answer
   */
  public String log(RoutingContext request, Throwable failure) {
    return request == null
        ? log("-", "-", failure)
        : log(Methods.label(request.request().method()), PathTemplate.forLog(request), failure);
  }

  String log(String method, String path, Throwable failure) {
    String id = Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 16);
    String kind = describe(failure);
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

  /** The classes of the failure and its causes, and the places in our code; never a message. */
  static String describe(Throwable failure) {
    StringBuilder says = new StringBuilder();
    Throwable one = failure;
    for (int depth = 0; one != null && depth < CAUSES; depth++, one = one.getCause()) {
      says.append(depth == 0 ? "" : ", caused by ").append(one.getClass().getName());
      says.append(places(one.getStackTrace()));
    }
    return says.toString();
  }

  private static String places(StackTraceElement[] trace) {
    String first = trace.length == 0 ? "" : place(trace[0]);
    String ours =
        Arrays.stream(trace)
            .skip(1)
            .filter(frame -> frame.getClassName().startsWith(OURS))
            .filter(frame -> !EVERY_REQUEST.contains(frame.getClassName()))
            .map(UnexpectedFailures::place)
            .distinct()
            .limit(FRAMES)
            .collect(Collectors.joining(" < "));
    if (first.isEmpty()) {
      return "";
    }
    return " at " + first + (ours.isEmpty() ? "" : " < " + ours);
  }

  private static String place(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.substring(name.lastIndexOf('.') + 1)
        + '.'
        + frame.getMethodName()
        + ':'
        + frame.getLineNumber();
  }
}
