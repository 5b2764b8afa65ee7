package chat.switchboard.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.Finding;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class DatabaseKindCheckTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                  | 7.0.14 | OK   | a standalone server",
        "{\"setName\":\"rs0\"}   | 8.0.0  | OK   | a replica set",
        "{\"msg\":\"isdbgrid\"}  | 6.0.1  | OK   | a sharded cluster",
        "{}                  | 4.4.29 | OK   | MongoDB 4.4.29",
        "{}                  | 4.2.8  | FAIL | MongoDB 4.2.8",
        "{}                  | 3.6    | FAIL | MongoDB 3.6",
        "{}                  | odd    | OK   | MongoDB odd",
      })
  void a_server_is_told_by_its_greeting(
      String hello, String version, Finding.Status status, String says) {
    Finding finding = DatabaseKindCheck.of(Document.parse(hello), version);
    assertThat(finding.status()).isEqualTo(status);
    assertThat(finding.says()).contains(says);
  }
}
