package chat.switchboard.queries;

import static org.assertj.core.api.Assertions.assertThat;

import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class QueryTest {

  private static final String FIND = "{find: 'messages', filter: %s, limit: 2}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {user: 'a'}                   | {user: 'b'}                         | true
          {user: 'a'}                   | {user: null}                        | false
          {user: {$in: ['a']}}          | {user: {$in: ['a', 'b', 'c']}}      | true
          {user: {$in: ['a']}}          | {user: {$in: ['a', null]}}          | false
          {state: 'DEAD'}               | {state: 'SENT'}                     | false
          {a: 1, b: 1}                  | {b: 2, a: 2}                        | true
          {$and: [{a: 1}, {b: 1}]}      | {$and: [{a: 1}]}                    | false
          {at: {$gt: {$date: 1}}}       | {at: {$gt: {$date: 2}}}             | true
          """)
  void queries_that_differ_in_values_alone_have_one_shape(String one, String other, boolean same) {
    assertThat(shape(one).equals(shape(other))).isEqualTo(same);
  }

  private static String shape(String filter) {
    BsonDocument command = BsonDocument.parse(String.format(FIND, filter));
    Query query = Query.of("LibreChat", command, 0).get(0);
    assertThat(Query.fromBson(query.toBson())).isEqualTo(query);
    return query.shape();
  }
}
