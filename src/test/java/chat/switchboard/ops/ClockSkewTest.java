package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class ClockSkewTest {

  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, OK, agree",
    "3, OK, agree",
    "-3, OK, agree",
    "4, WARN, 4 s ahead of MongoDB's",
    "-29, WARN, 29 s behind MongoDB's",
    "30, FAIL, 30 s ahead of MongoDB's",
    "-3600, FAIL, 3600 s behind MongoDB's",
  })
  void a_difference_is_told_with_its_direction(int seconds, Finding.Status status, String says) {
    Finding finding = ClockSkew.between("MongoDB's", NOON, NOON.plusSeconds(seconds));
    assertThat(finding.status()).isEqualTo(status);
    assertThat(finding.says()).contains(says);
  }
}
