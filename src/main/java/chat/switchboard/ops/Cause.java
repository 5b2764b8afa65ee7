package chat.switchboard.ops;

import com.mongodb.MongoServerException;
import io.vertx.core.impl.NoStackTraceThrowable;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Says why something failed, for a log line or an operator. */
public final class Cause {

  private static final int FRAMES = 4;
  private static final int CAUSES = 3;
  private static final String OURS = "chat.switchboard.";

  /** Every request passes through these handlers, so their stack frames do not help an operator. */
  private static final String EVERY_REQUEST = "chat.switchboard.http.Request";

  private Cause() {}

  /**
   * The failure in its own words, except where the database refused a write or a command: its words
   * quote the document, and so phone numbers and texts, which have no place in a log. There it is
   * the kind of failure and MongoDB's code.
   */
  public static String of(Throwable failure) {
    if (failure instanceof MongoServerException refused) {
      return failure.getClass().getSimpleName() + " with code " + refused.getCode();
    }
    // A failure that is nothing but its words.
    return failure instanceof NoStackTraceThrowable && failure.getMessage() != null
        ? failure.getMessage()
        : failure.toString();
  }

  /**
   * The classes of the failure and of its causes, with the places in Switchboard's code that threw
   * them; never a message, which can quote a client's input.
   */
  public static String trace(Throwable failure) {
    StringBuilder trace = new StringBuilder();
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES; depth++, cause = cause.getCause()) {
      trace.append(depth == 0 ? "" : ", caused by ").append(cause.getClass().getName());
      trace.append(places(cause.getStackTrace()));
    }
    return trace.toString();
  }

  private static String places(StackTraceElement[] trace) {
    if (trace.length == 0) {
      return "";
    }
    String ours =
        Arrays.stream(trace)
            .skip(1)
            .filter(frame -> frame.getClassName().startsWith(OURS))
            .filter(frame -> !frame.getClassName().startsWith(EVERY_REQUEST))
            .map(Cause::place)
            .distinct()
            .limit(FRAMES)
            .collect(Collectors.joining(" < "));
    return " at " + place(trace[0]) + (ours.isEmpty() ? "" : " < " + ours);
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
