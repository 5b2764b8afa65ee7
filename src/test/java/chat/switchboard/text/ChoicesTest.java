package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choices at the end of an agent's answer. */
@Tag("unit")
class ChoicesTest {

  @Test
  void a_block_at_the_end_is_read() {
    Choices choices =
        Choices.in("When?\n\n```choices\nToday\n- **Tomorrow**\n\n3. उद्या 🗓️\n```\n")
            .orElseThrow();
    assertThat(choices.words()).isEqualTo("When?");
    assertThat(choices.titles()).containsExactly("Today", "Tomorrow", "उद्या 🗓️");
    assertThat(choices.mayBeOffered()).isTrue();
    assertThat(choices.isForButtons()).isTrue();
    assertThat(choices.below("When?")).isEqualTo("When?\n\n1. Today\n2. Tomorrow\n3. उद्या 🗓️");
    assertThat(Choices.in("```choices\na\n```").orElseThrow().below("")).isEqualTo("1. a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "When?",
        "```choices\na\n``` and more",
        "```choices\n\n```",
        "```choices\n```",
        "```\na\n```",
        "```js\nchoices\n```",
        "```choices\na",
        "```choices\na\n```\nb\n```\nc\n```",
        "```"
      })
  void other_texts_have_no_choices(String text) {
    assertThat(Choices.in(text)).isEmpty();
  }

  @Test
  void too_many_too_long_and_equal_choices_are_words() {
    assertThat(of("a".repeat(20), "b").mayBeOffered()).isTrue();
    assertThat(of("a".repeat(21), "b").mayBeOffered()).isFalse();
    assertThat(of("a".repeat(24), "b", "c", "d").mayBeOffered()).isTrue();
    assertThat(of("a".repeat(25), "b", "c", "d").mayBeOffered()).isFalse();
    assertThat(of("a", "a").mayBeOffered()).isFalse();
    assertThat(of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10").mayBeOffered()).isTrue();
    Choices many = of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    assertThat(many.mayBeOffered()).isFalse();
    assertThat(many.below("x")).startsWith("x\n\n- 1\n- 2");
  }

  private static Choices of(String... titles) {
    return Choices.in("x\n```choices\n" + String.join("\n", titles) + "\n```").orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2",
    "2., 2",
    "' 2) ', 2",
    "10, 10",
    "２, 2",
    "２）, 2",
    "٣, 3",
    "३., 3",
    "၂, 2",
    "𝟚, 2",
    "02, 2",
    "111, -1",
    "'', -1",
    "two, -1",
    "2 please, -1",
    "1/2, -1",
    "-2, -1",
    "., -1",
    "²,-1",
    "2..,-1"
  })
  void a_number_alone_is_a_choice_in_any_script(String text, int number) {
    assertThat(Choices.number(text).orElse(-1)).isEqualTo(number);
  }
}
