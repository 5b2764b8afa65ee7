package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class WantedIndexTest {

  private static final String HERE = "switchboard_test";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // keys, unique, expires, partial: the fallback
        "{a: 1}       | false | false | -                              | -",
        "{a: 1}       | false | true  | -                              | ({\"a\": 1})",
        "{a: 1, b: 1} | false | false | {a: {$exists: true}}           | ({\"a\": 1, \"b\": 1})",
        "{a: 1}       | true  | false | -                              | -",
        "{a: 1}       | true  | false | {a: {$exists: true}}           | ({\"a\": 1}, {unique: true, sparse: true})",
        // A sparse unique index would be stricter, or weaker, than these.
        "{a: 1}       | true  | false | {a: {$exists: false}}          | -",
        "{a: 1}       | true  | false | {a: {$type: 'string'}}         | -",
        "{a: 1}       | true  | false | {b: {$exists: true}}           | -",
        "{a: 1}       | true  | false | {a: {$exists: true}, state: 1} | -",
        "{a: 1, b: 1} | true  | false | {a: {$exists: true}}           | -",
        "{a: 1}       | true  | true  | -                              | -",
      })
  void a_refused_index_has_a_fallback_only_where_that_is_right(
      String keys, boolean unique, boolean expires, String partial, String fallback) {
    IndexOptions options = new IndexOptions().unique(unique);
    if (expires) {
      options.expireAfter(0L, TimeUnit.SECONDS);
    }
    if (partial != null) {
      options.partialFilterExpression(Document.parse(partial));
    }
    WantedIndex index = new WantedIndex(HERE, new IndexModel(Document.parse(keys), options));
    assertThat(index.fallback().map(WantedIndex::command).orElse(null))
        .isEqualTo(fallback == null ? null : "db." + HERE + ".createIndex" + fallback);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{key: {a: 1, b: -1}}                                     | true",
        "{key: {a: 1.0, b: -1.0}, name: 'other'}                  | true",
        "{key: {a: {$numberLong: '1'}, b: -1}}                    | true",
        "{key: {b: -1, a: 1}}                                     | false",
        "{key: {a: 1, b: 1}}                                      | false",
        "{key: {a: 1}}                                            | false",
        "{key: {a: 1, b: -1, c: 1}}                               | false",
        "{key: {a: 'hashed', b: -1}}                              | false",
        "{}                                                       | false",
      })
  void an_index_is_known_by_its_keys_in_their_order(String listed, boolean same) {
    WantedIndex index = new WantedIndex(HERE, new IndexModel(new Document("a", 1).append("b", -1)));
    assertThat(index.isIn(List.of(Document.parse(listed)))).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true  | false | {key: {a: 1}}                                  | false",
        "true  | false | {key: {a: 1}, unique: true}                    | true",
        "true  | false | {key: {a: 1}, unique: true, sparse: true}      | true",
        "false | true  | {key: {a: 1}}                                  | false",
        "false | true  | {key: {a: 1}, expireAfterSeconds: 0}           | true",
        "false | false | {key: {a: 1}, unique: true}                    | true",
      })
  void a_listed_index_must_do_what_is_wanted(
      boolean unique, boolean expires, String listed, boolean same) {
    IndexOptions options = new IndexOptions().unique(unique);
    if (expires) {
      options.expireAfter(0L, TimeUnit.SECONDS);
    }
    WantedIndex index = new WantedIndex(HERE, new IndexModel(new Document("a", 1), options));
    assertThat(index.isIn(List.of(Document.parse(listed)))).isEqualTo(same);
  }
}
