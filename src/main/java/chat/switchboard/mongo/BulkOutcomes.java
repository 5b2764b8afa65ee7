package chat.switchboard.mongo;

import chat.switchboard.mongo.BatchCommand.Outcome;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.WriteConcernResult;
import com.mongodb.WriteError;
import com.mongodb.bulk.BulkWriteError;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Gives each call its part of the response to a write of several calls. */
public final class BulkOutcomes {

  private BulkOutcomes() {}

  /**
   * Returns the outcomes of a write in which each call has one document, and a refused document
   * does not end the write.
   */
  public static Uni<List<Outcome<Void>>> unordered(int calls, Uni<?> write) {
    return outcomes(calls, write, refused -> unordered(calls, refused));
  }

  /**
   * Returns the outcomes of a write in which each call has several documents in a row, and the
   * first refused document ends the write. The calls after a refused document are not reached: a
   * document is never written without the documents before it.
   *
   * @param sizes the number of documents of each call
   */
  public static Uni<List<Outcome<Void>>> ordered(List<Integer> sizes, Uni<?> write) {
    return outcomes(sizes.size(), write, refused -> ordered(sizes, refused));
  }

  private static Uni<List<Outcome<Void>>> outcomes(
      int calls, Uni<?> write, Function<MongoBulkWriteException, List<Outcome<Void>>> refused) {
    return write
        .<List<Outcome<Void>>>map(
            done -> new ArrayList<>(Collections.nCopies(calls, new Outcome.Done<>(null))))
        .onFailure(MongoBulkWriteException.class)
        .recoverWithItem(failure -> refused.apply((MongoBulkWriteException) failure));
  }

  static List<Outcome<Void>> unordered(int calls, MongoBulkWriteException refused) {
    Map<Integer, BulkWriteError> errors =
        refused.getWriteErrors().stream()
            .collect(Collectors.toMap(BulkWriteError::getIndex, Function.identity()));
    List<Outcome<Void>> outcomes = new ArrayList<>(calls);
    for (int index = 0; index < calls; index++) {
      BulkWriteError error = errors.get(index);
      outcomes.add(error == null ? written(refused) : failed(refused, error));
    }
    return outcomes;
  }

  static List<Outcome<Void>> ordered(List<Integer> sizes, MongoBulkWriteException refused) {
    BulkWriteError error = refused.getWriteErrors().stream().findFirst().orElse(null);
    List<Outcome<Void>> outcomes = new ArrayList<>(sizes.size());
    int end = 0;
    for (int size : sizes) {
      int begin = end;
      end += size;
      if (error == null || end <= error.getIndex()) {
        outcomes.add(written(refused));
      } else {
        outcomes.add(
            begin <= error.getIndex() ? failed(refused, error) : new Outcome.NotReached<>());
      }
    }
    return outcomes;
  }

  /** The database has written the documents, but perhaps has not acknowledged the write. */
  private static Outcome<Void> written(MongoBulkWriteException refused) {
    return refused.getWriteConcernError() == null
        ? new Outcome.Done<>(null)
        : new Outcome.Failed<>(
            new MongoWriteConcernException(
                refused.getWriteConcernError(),
                WriteConcernResult.acknowledged(0, false, null),
                refused.getServerAddress(),
                refused.getErrorLabels()));
  }

  /** Each call gets only its own error: another call's duplicate key is not its own. */
  private static Outcome<Void> failed(MongoBulkWriteException refused, BulkWriteError error) {
    return new Outcome.Failed<>(
        new MongoWriteException(
            new WriteError(error.getCode(), error.getMessage(), error.getDetails()),
            refused.getServerAddress(),
            refused.getErrorLabels()));
  }
}
