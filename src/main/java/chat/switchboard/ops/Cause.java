package chat.switchboard.ops;

import com.mongodb.MongoServerException;
import io.vertx.core.impl.NoStackTraceThrowable;

/** Says why something failed, for a log line or an operator. */
public final class Cause {

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
    return failure instanceof NoStackTraceThrowable ? failure.getMessage() : failure.toString();
  }
}
