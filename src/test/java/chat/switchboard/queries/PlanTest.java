package chat.switchboard.queries;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class PlanTest {

  /** {@code a} is 0 to 9, {@code b} counts, every fifth has a {@code c}. */
  private static final List<BsonDocument> DOCUMENTS = documents();

  private static List<BsonDocument> documents() {
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String c = i % 5 == 0 ? ", c: 'x'" : "";
      documents.add(BsonDocument.parse("{_id: " + i + ", a: " + i % 10 + ", b: " + i + c + "}"));
    }
    return documents;
  }

  @ParameterizedTest(name = "{0} sort {1} limit {2} by {3} reads {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {a: 3}                         | {}             | 0 |                     | 1000
          {a: 3}                         | {}             | 0 | {a: 1}              | 100
          {a: 3}                         | {}             | 5 | {a: 1}              | 5
          {a: 3}                         | {b: -1}        | 5 | {a: 1}              | 100
          {a: 3}                         | {b: -1}        | 5 | {a: 1, b: 1}        | 5
          {a: 3}                         | {b: -1, _id: 1}| 5 | {a: 1, b: 1, _id: 1}| 100
          {}                             | {b: -1}        | 5 | {b: 1}              | 5
          {a: {$in: [3, 4]}}             | {b: 1}         | 5 | {a: 1, b: 1}        | 5
          {a: {$gt: 3}}                  | {b: 1}         | 5 | {a: 1, b: 1}        | 600
          {a: 3, b: {$gt: 500}}          | {}             | 0 | {a: 1, b: 1}        | 50
          {a: 3, d: 1}                   | {}             | 0 | {a: 1}              | 100
          {a: 3, b: {$ne: 3}}            | {}             | 0 | {a: 1}              | 100
          {d: null}                      | {}             | 0 | {d: 1}              | 1000
          """)
  void a_query_reads_as_much_as_its_index_lets_it(
      String filter, String sort, int limit, String index, long read) {
    List<Index> indexes =
        index == null
            ? List.of()
            : List.of(new Index(BsonDocument.parse(index), false, new BsonDocument()));
    assertThat(plan(filter, sort, limit, indexes).examined()).isEqualTo(read);
  }

  @Test
  void a_sparse_index_serves_only_queries_that_need_the_field() {
    Index sparse = new Index(BsonDocument.parse("{c: 1}"), true, new BsonDocument());
    assertThat(plan("{c: 'x'}", "{}", 0, List.of(sparse)).examined()).isEqualTo(200);
    assertThat(plan("{c: null}", "{}", 0, List.of(sparse)).examined()).isEqualTo(1_000);
  }

  @Test
  void a_partial_index_serves_only_queries_that_imply_its_filter() {
    Index partial =
        new Index(BsonDocument.parse("{a: 1}"), false, BsonDocument.parse("{c: {$exists: true}}"));
    assertThat(plan("{a: 5, c: 'x'}", "{}", 0, List.of(partial)).examined()).isEqualTo(100);
    assertThat(plan("{a: 5}", "{}", 0, List.of(partial)).examined()).isEqualTo(1_000);
  }

  @Test
  void each_alternative_has_an_index_of_its_own() {
    String either = "{$or: [{a: 3}, {b: 7}]}";
    assertThat(plan(either, "{}", 0, indexes("{a: 1}", "{b: 1}")).examined()).isEqualTo(101);
    assertThat(plan(either, "{}", 0, indexes("{a: 1}")).examined()).isEqualTo(1_000);
  }

  private static List<Index> indexes(String... keys) {
    return Arrays.stream(keys)
        .map(key -> new Index(BsonDocument.parse(key), false, new BsonDocument()))
        .toList();
  }

  private static Plan plan(String filter, String sort, int limit, List<Index> indexes) {
    return Plan.of(
        new Query("some", "find", BsonDocument.parse(filter), BsonDocument.parse(sort), limit),
        indexes,
        DOCUMENTS);
  }
}
