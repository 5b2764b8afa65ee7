package chat.switchboard.mongo;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;

/** Recognises MongoDB's answer that a unique key is taken: somebody did the same before. */
public final class DuplicateKey {

  private DuplicateKey() {}

  /** Whether this failure says so; an insert, several, and a command say it differently. */
  public static boolean is(Throwable failure) {
    if (failure instanceof MongoWriteException refused) {
      return refused.getError().getCategory() == ErrorCategory.DUPLICATE_KEY;
    }
    if (failure instanceof MongoBulkWriteException refused) {
      return refused.getWriteErrors().stream()
          .anyMatch(error -> error.getCategory() == ErrorCategory.DUPLICATE_KEY);
    }
    return failure instanceof MongoCommandException refused
        && ErrorCategory.fromErrorCode(refused.getErrorCode()) == ErrorCategory.DUPLICATE_KEY;
  }
}
