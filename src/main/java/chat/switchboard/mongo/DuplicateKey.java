package chat.switchboard.mongo;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoWriteException;

/** Recognises MongoDB's duplicate key error: another call has already inserted the document. */
public final class DuplicateKey {

  private DuplicateKey() {}

  /**
   * Whether the failure is a duplicate key error; a single insert, a bulk write and a command
   * report the error differently.
   */
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
