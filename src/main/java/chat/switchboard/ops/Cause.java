package chat.switchboard.ops;

import com.mongodb.MongoServerException;
import io.vertx.core.impl.NoStackTraceThrowable;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Describes the cause of a failure, for a log line or an operator. */
public final class Cause {

  private static final int FRAMES = 4;
  private static final int CAUSES = 3;
  private static final String OURS = "chat.switchboard.";

  /** Every request passes through these handlers, so their stack frames do not help an operator. */
  private static final String EVERY_REQUEST = "chat.switchboard.http.Request";

  private Cause() {}

  /**
   * Returns the message of the failure. For a write or a command that the database refused, returns
   * the class of the failure and MongoDB's code instead: the database's message quotes the
   * document, and so phone numbers and texts, which must not be in a log.
   */
  public static String of(Throwable failure) {
    if (failure instanceof MongoServerException refused) {
      return failure.getClass().getSimpleName() + " with code " + refused.getCode();
    }
    // A failure that consists only of a message.
    return failure instanceof NoStackTraceThrowable && failure.getMessage() != null
        ? failure.getMessage()
        : failure.toString();
  }

  /**
   * Returns the classes of the failure and of its causes, with the places in Switchboard's code
   * that threw them; never a message, which can quote a client's input.
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
