package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The characters that a text message cannot contain. */
@Tag("unit")
class SendableTest {

  @ParameterizedTest
  @CsvSource({
    "a\\0b, 1, a\uFFFDb",
    "\\0, 0, \uFFFD",
    "x\\H, 1, x\uFFFD",
    "\\Lx, 0, \uFFFDx",
    "\\H\\H\\L, 0, \uFFFD😀",
    "\\L\\H, 0, \uFFFD\uFFFD"
  })
  void nul_and_half_a_surrogate_pair_are_found_and_replaced(String text, int at, String sendable) {
    String real = text.replace("\\0", "\0").replace("\\H", "\uD83D").replace("\\L", "\uDE00");
    assertThat(Sendable.firstObstacle(real)).hasValue(at);
    assertThat(Sendable.of(real)).isEqualTo(sendable);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "e\u0301 \u00e9 \u212B",
        "\u200F\u202E\uFEFF",
        "👨‍👩‍👧 🇩🇪",
        "\u0007\t\r\n",
        "\uFFFF"
      })
  void every_other_character_stays_unchanged(String text) {
    assertThat(Sendable.of(text)).isSameAs(text);
    assertThat(Sendable.firstObstacle(text)).isEmpty();
  }

  @Test
  void many_obstacles_take_linear_time() {
    assertThat(Sendable.of("\uD800".repeat(500_000))).isEqualTo("\uFFFD".repeat(500_000));
  }
}
