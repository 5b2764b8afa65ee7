package chat.switchboard.mongo;

import com.mongodb.MongoTimeoutException;
import java.time.Duration;

/**
 * A call was not sent to the database, since the commands before it took too long: those of other
 * callers, or the earlier commands of the same caller, whose findings are outdated. A repetition
 * can succeed.
 */
public final class CallNotSent extends MongoTimeoutException {

  private static final long serialVersionUID = 1;

  /**
   * @param longest the time that the commands before the call exceeded
   */
  public CallNotSent(Duration longest) {
    super(
        "The database is too slow: a call was not sent, since the commands before it took more than "
            + longest.toMillis()
            + " ms");
  }
}
