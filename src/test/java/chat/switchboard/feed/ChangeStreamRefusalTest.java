package chat.switchboard.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.ServerAddress;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers of a server refuse every change stream. */
@Tag("unit")
class ChangeStreamRefusalTest {

  @ParameterizedTest
  @ValueSource(ints = {9, 13, 18, 20, 59, 72, 115, 136, 238, 303, 8000, 40324, 40415, 40573})
  void a_refusal_says_its_code_and_what_to_do(int code) {
    assertThat(ChangeStreamRefusal.of(answer(code), false))
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.says()).contains(Integer.toString(code));
              assertThat(refusal.mend()).contains("switchboard.stream.feed=poll");
            });
  }

  /** The answers of servers that implement only a part of MongoDB's protocol. */
  @Test
  void an_answer_without_a_code_is_a_refusal() {
    BsonDocument answer =
        new BsonDocument("ok", new BsonInt32(0)).append("errmsg", new BsonString("no"));
    assertThat(
            ChangeStreamRefusal.of(new MongoCommandException(answer, new ServerAddress()), false))
        .hasValueSatisfying(refusal -> assertThat(refusal.says()).doesNotContain("-1"));
  }

  /** HostUnreachable, NotWritablePrimary, interrupted, lost positions: temporary errors. */
  @ParameterizedTest
  @ValueSource(ints = {6, 43, 91, 189, 237, 280, 286, 10107, 11600, 11602, 13435})
  void a_stream_that_broke_is_no_refusal(int code) {
    assertThat(ChangeStreamRefusal.of(answer(code), false)).isEmpty();
  }

  @Test
  void a_position_that_is_lost_is_no_refusal() {
    assertThat(ChangeStreamRefusal.of(answer(136), true)).isEmpty();
  }

  @Test
  void a_broken_connection_and_an_ended_stream_are_no_refusal() {
    assertThat(
            ChangeStreamRefusal.of(new MongoSocketReadException("x", new ServerAddress()), false))
        .isEmpty();
    assertThat(ChangeStreamRefusal.of(null, false)).isEmpty();
  }

  private static MongoCommandException answer(int code) {
    return new MongoCommandException(
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString("no")),
        new ServerAddress());
  }
}
