package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that other programs cannot read becomes readable, and all other text stays the same. */
@Tag("unit")
class CleanTextTest {

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("a high half at the end", "a\uD83D", "a\uFFFD"),
        Arguments.of("a high half in front of a letter", "\uD83Da", "\uFFFDa"),
        Arguments.of("a low half at the beginning", "\uDE00a", "\uFFFDa"),
        Arguments.of("the halves in the wrong order", "\uDE00\uD83D", "\uFFFD\uFFFD"),
        Arguments.of("a half and a pair", "\uD83D\uD83D\uDE00", "\uFFFD\uD83D\uDE00"),
        Arguments.of("a pair and a half", "\uD83D\uDE00\uDE00", "\uD83D\uDE00\uFFFD"),
        Arguments.of("two halves apart", "\uD83Da\uDE00b\uD83D", "\uFFFDa\uFFFDb\uFFFD"),
        Arguments.of("a NUL at each end", "\0a\0", "\uFFFDa\uFFFD"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void halves_of_pairs_and_nul_become_the_replacement_character(
      String name, String text, String clean) {
    assertThat(CleanText.of(text)).isEqualTo(clean);
  }

  @Test
  void readable_text_of_any_script_stays_the_same_object() {
    for (String text : new String[] {"", "a", "😀", "\u0001", "\uFFFD", "क्षि 👨‍👩‍👧 \r\n\t"}) {
      assertThat(CleanText.of(text)).isSameAs(text);
    }
  }
}
