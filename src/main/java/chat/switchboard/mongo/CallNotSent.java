package chat.switchboard.mongo;

import com.mongodb.MongoTimeoutException;
import java.time.Duration;

/**
 * A call waited too long for earlier commands, and was not sent to the database. A repetition can
 * succeed.
 */
public final class CallNotSent extends MongoTimeoutException {

  private static final long serialVersionUID = 1;

  public CallNotSent(Duration waited) {
    super(
        "The database is too slow: the call waited "
            + waited.toMillis()
            + " ms for earlier commands and was not sent");
  }
}
