package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class ShownTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Anna", "Анна Каренина", "محمد", "מרים", "山田 太郎", "अमित कुमार", "José", "می‌خواهم",
        "👨‍👩‍👧‍👦 Family", "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Isla", "❤️ Love", "🏳️‍🌈", "Zoe\u0301",
            "O'Neil & Söhne <x>", "क्‍ष", "葛\uDB40\uDD00城"
      })
  void a_name_of_any_script_stays_unchanged(String name) {
    assertThat(ShownText.line(name, 80)).isEqualTo(name);
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("unfit")
  void invisible_line_breaking_and_bidirectional_characters_are_removed(String name, String fit) {
    assertThat(ShownText.line(name, 80)).isEqualTo(fit);
  }

  static Stream<Arguments> unfit() {
    return Stream.of(
        Arguments.of("Anna\r\nadmin: hello", "Anna admin: hello"),
        Arguments.of("A\u0007B", "A B"),
        Arguments.of("A\u0000\u001B[31mB\u007F\u009BC", "A [31mB C"),
        Arguments.of("A\u2028B\u2029C\u0085D\u000BE\fF", "A B C D E F"),
        Arguments.of("exe\u202Efdp.tab", "exefdp.tab"),
        Arguments.of(
            "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200E\u200F\u061Cx", "x"),
        Arguments.of("B\u200Bo\u2060b\uFEFF\u00AD\u180E\u034F\u206A\uFFF9", "Bob"),
        Arguments.of("a\u200Db\u200Cc", "abc"),
        Arguments.of("👍\u200D", "👍"),
        Arguments.of("  a \t\u00A0\u3000\u2003 b  ", "a b"),
        Arguments.of("\u3164\u2800\u115F\uFFA0x\u3164", "x"),
        Arguments.of("lone\uD83D and \uDE00", "lone and"),
        Arguments.of("a\uFFFE\uFFFF\uFDD0b", "ab"),
        Arguments.of("hi\uDB40\uDC68\uDB40\uDC69", "hi"),
        Arguments.of("x\uFE0F\uFE0E\uDB40\uDD00\uDB40\uDD01", "x\uFE0F"),
        Arguments.of("\u202E\u200B \r\n\u0000", ""));
  }

  @Test
  void a_long_name_is_cut_between_clusters_and_shows_it() {
    assertThat(ShownText.line("x".repeat(2000), 80)).isEqualTo("x".repeat(79) + "…");
    assertThat(ShownText.line("👨‍👩‍👧‍👦".repeat(200), 10))
        .isEqualTo("👨‍👩‍👧‍👦".repeat(9) + "…");
    assertThat(ShownText.line("x".repeat(80), 80)).isEqualTo("x".repeat(80));
    assertThat(ShownText.line("a" + "\u0301".repeat(100_000), 80)).hasSize(32);
  }
}
