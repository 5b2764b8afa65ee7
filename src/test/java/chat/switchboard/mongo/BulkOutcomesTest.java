package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.mongo.BatchCommand.Outcome;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each call of a shared write gets its own part of the response. */
@Tag("unit")
class BulkOutcomesTest {

  private static final int DUPLICATE = 11000;
  private static final int TOO_LARGE = 10334;

  @Test
  void a_write_without_errors_is_done_for_all_calls() {
    assertThat(BulkOutcomes.unordered(3, Uni.createFrom().item("a result")).await().indefinitely())
        .hasSize(3)
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Done.class));
  }

  @Test
  void a_refused_document_of_an_unordered_write_fails_its_own_call() {
    MongoBulkWriteException refused = refused(null, error(1, DUPLICATE), error(3, TOO_LARGE));
    List<Outcome<Void>> outcomes = BulkOutcomes.unordered(5, refused);
    assertThat(names(outcomes)).containsExactly("Done", "Failed", "Done", "Failed", "Done");
    assertThat(failure(outcomes.get(1))).isInstanceOf(MongoWriteException.class);
    assertThat(DuplicateKey.is(failure(outcomes.get(1)))).isTrue();
    assertThat(DuplicateKey.is(failure(outcomes.get(3)))).as("another's error").isFalse();
  }

  @Test
  void a_refused_document_of_an_ordered_write_divides_the_calls() {
    List<Integer> sizes = List.of(2, 1, 3, 1, 2);
    assertThat(names(BulkOutcomes.ordered(sizes, refused(null, error(4, DUPLICATE)))))
        .containsExactly("Done", "Done", "Failed", "NotReached", "NotReached");
    assertThat(names(BulkOutcomes.ordered(sizes, refused(null, error(0, DUPLICATE)))))
        .containsExactly("Failed", "NotReached", "NotReached", "NotReached", "NotReached");
    assertThat(names(BulkOutcomes.ordered(sizes, refused(null, error(2, DUPLICATE)))))
        .containsExactly("Done", "Failed", "NotReached", "NotReached", "NotReached");
    assertThat(names(BulkOutcomes.ordered(sizes, refused(null, error(8, DUPLICATE)))))
        .containsExactly("Done", "Done", "Done", "Done", "Failed");
  }

  @Test
  void documents_without_an_acknowledgement_are_not_done() {
    WriteConcernError unacknowledged =
        new WriteConcernError(64, "WriteConcernTimeout", "waiting timed out", new BsonDocument());
    List<Outcome<Void>> ordered =
        BulkOutcomes.ordered(List.of(1, 1, 1), refused(unacknowledged, error(1, DUPLICATE)));
    assertThat(names(ordered)).containsExactly("Failed", "Failed", "NotReached");
    assertThat(failure(ordered.get(0))).isInstanceOf(MongoWriteConcernException.class);
    assertThat(names(BulkOutcomes.ordered(List.of(1, 2), refused(unacknowledged))))
        .containsExactly("Failed", "Failed");
    assertThat(names(BulkOutcomes.unordered(2, refused(unacknowledged, error(1, DUPLICATE)))))
        .containsExactly("Failed", "Failed");
    assertThat(DuplicateKey.is(failure(ordered.get(0)))).isFalse();
  }

  @Test
  void another_failure_belongs_to_the_whole_write() {
    MongoSocketException lost = new MongoSocketException("lost", new ServerAddress());
    assertThat(
            BulkOutcomes.ordered(List.of(1), Uni.createFrom().failure(lost))
                .onFailure()
                .recoverWithItem(failure -> List.of(new Outcome.Failed<>(failure)))
                .await()
                .indefinitely())
        .containsExactly(new Outcome.Failed<>(lost));
  }

  private static BulkWriteError error(int index, int code) {
    return new BulkWriteError(code, "refused", new BsonDocument(), index);
  }

  private static MongoBulkWriteException refused(
      WriteConcernError writeConcernError, BulkWriteError... errors) {
    return new MongoBulkWriteException(
        BulkWriteResult.unacknowledged(),
        List.of(errors),
        writeConcernError,
        new ServerAddress(),
        Set.of());
  }

  private static List<String> names(List<Outcome<Void>> outcomes) {
    return outcomes.stream().map(outcome -> outcome.getClass().getSimpleName()).toList();
  }

  private static Throwable failure(Outcome<Void> outcome) {
    return ((Outcome.Failed<Void>) outcome).failure();
  }
}
