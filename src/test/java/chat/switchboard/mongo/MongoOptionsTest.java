package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.ops.Finding;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class MongoOptionsTest {

  private static final String URI = "mongodb://localhost/LibreChat";
  private static final WriteConcern OURS =
      WriteConcern.MAJORITY.withJournal(true).withWTimeout(4_000, TimeUnit.MILLISECONDS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?w=0",
        "?w=1",
        "?w=1&journal=false",
        "?w=2&wtimeoutMS=1",
        "?readPreference=secondaryPreferred",
        "?readPreference=nearest&maxStalenessSeconds=120",
        "?readPreference=secondary&readPreferenceTags=dc:ny&readPreferenceTags=",
        "?readConcernLevel=linearizable",
        "?readConcernLevel=local&W=1",
        "?retryWrites=false",
      })
  void the_shared_connection_string_does_not_weaken_writes_and_reads(String query) {
    MongoOptions options = options("", URI + query);
    MongoClientSettings settings =
        options
            .apply(
                MongoClientSettings.builder()
                    .applyConnectionString(new ConnectionString(URI + query)))
            .build();
    assertThat(settings.getWriteConcern()).isEqualTo(OURS);
    assertThat(settings.getReadPreference()).isEqualTo(ReadPreference.primary());
    assertThat(settings.getReadConcern()).isEqualTo(ReadConcern.DEFAULT);
    assertThat(settings.getRetryWrites()).isEqualTo(!query.contains("retryWrites=false"));
    assertThat(MongoOptionsCheck.of(options).status()).isEqualTo(Finding.Status.OK);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "w=1                            | 1        | true  | 4000 | primary            | WARN",
        "w=majority                     | majority | true  | 4000 | primary            | OK",
        "W=2&wtimeoutms=500             | 2        | true  | 500  | primary            | WARN",
        "journal=false                  | majority | false | 4000 | primary            | WARN",
        "wtimeoutMS=0                   | majority | true  | 0    | primary            | WARN",
        "w=dc-two                       | dc-two   | true  | 4000 | primary            | WARN",
        "readPreference=primaryPreferred| majority | true  | 4000 | primaryPreferred   | WARN",
        "readPreference=secondary&readPreferenceTags=dc:ny,rack:1&maxStalenessSeconds=100 | majority | true | 4000 | secondary | WARN",
        "readConcernLevel=majority      | majority | true  | 4000 | primary            | OK",
        "retryWrites=false              | majority | true  | 4000 | primary            | OK",
        "'&w=1& journal=false &'        | 1        | false | 4000 | primary            | WARN",
      })
  void switchboard_mongo_options_replaces_only_the_named_options(
      String given, String w, boolean journal, int limit, String reads, Finding.Status status) {
    MongoOptions options = options(given, URI);
    assertThat(String.valueOf(options.writeConcern().getWObject())).isEqualTo(w);
    assertThat(options.writeConcern().getJournal()).isEqualTo(journal);
    assertThat(options.writeConcern().getWTimeout(TimeUnit.MILLISECONDS)).isEqualTo(limit);
    assertThat(options.readPreference().getName()).isEqualTo(reads);
    assertThat(MongoOptionsCheck.of(options).status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "w=0                         | w=0",
        "w=-1                        | w=-1",
        "w=                          | w=",
        "w=100                       | w=100",
        "w=%zz                       | percent",
        "journal=yes                 | journal=yes",
        "journal                     | journal=",
        "wtimeoutMS=-5               | wtimeoutMS=-5",
        "wtimeoutMS=5s               | wtimeoutMS=5s",
        "readPreference=fastest      | readPreference=fastest",
        "readPreference=primary&maxStalenessSeconds=100 | maxStalenessSeconds",
        "readConcernLevel=strong     | readConcernLevel=strong",
        "retryWrites=maybe           | retryWrites=maybe",
        "appName=other               | 'appName'",
        "writeConcern=majority       | 'writeConcern'",
        "mongodb://other/?w=1        | 'mongodb://other/?w'",
      })
  void a_wrong_option_ends_the_start_with_a_sentence_that_names_it(String given, String named) {
    assertThatThrownBy(() -> options(given, URI))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("SWITCHBOARD_MONGO_OPTIONS")
        .hasMessageContaining(named);
  }

  private static MongoOptions options(String given, String uri) {
    return new MongoOptions(given, Duration.ofSeconds(5), uri);
  }
}
