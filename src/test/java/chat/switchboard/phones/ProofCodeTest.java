package chat.switchboard.phones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class ProofCodeTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "K7MP-2Q9X",
        "k7mp-2q9x",
        "K7MP2Q9X",
        "  K7MP 2Q9X \n",
        "K7MP–2Q9X",
        "K7MP − 2Q9X",
        "“K7MP-2Q9X”.",
        "Ｋ７ＭＰ－２Ｑ９Ｘ",
        "\u202aK7MP\u200b-2Q9X\u202c",
        "K7MP\u00a02Q9X",
        "(K7MP-2Q9X)!"
      })
  void a_code_is_read_as_people_and_keyboards_write_it(String typed) {
    assertThat(ProofCode.read(typed)).contains("K7MP2Q9X");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "A7C4KX",
        "A7C 4KX",
        "A7C4KX hello",
        "A7C4 KX hi",
        "K7MP-2Q9X hello",
        "hello K7MP-2Q9X",
        "K7MP-2Q9",
        "K7MP-2Q9XX",
        "K7-MP-2Q-9X",
        "12345678",
        "KLMPQRXY",
        "AAAAAAA2",
        "2222222A",
        "K7MP-2Q9O",
        "K7MP-2Q91",
        "К7МР-2Q9Х",
        "K7MP\n\n\n\n\n2Q9X",
        "STOP"
      })
  void other_texts_are_no_code(String typed) {
    assertThat(ProofCode.read(typed)).isEmpty();
  }

  @Test
  void a_text_of_any_length_is_read_at_once() {
    assertThat(ProofCode.read("K7MP" + " ".repeat(1_000_000) + "2Q9X")).isEmpty();
    assertThat(ProofCode.read("-".repeat(1_000_000))).isEmpty();
  }

  @Test
  void each_code_that_is_made_can_be_read() {
    Random random = new Random(1);
    for (int turn = 0; turn < 10_000; turn++) {
      String code = ProofCode.make(random::nextInt);
      assertThat(code).matches("[A-Z2-9]{4}-[A-Z2-9]{4}");
      assertThat(ProofCode.read(code)).contains(code.replace("-", ""));
    }
  }

  @Test
  void codes_within_a_text_are_found_whatever_stands_between_their_symbols() {
    assertThat(ProofCode.within("Your code: K7MP-2Q9X!")).contains("K7MP2Q9X");
    assertThat(ProofCode.within("k 7 m p \u2022 2 q 9 x")).contains("K7MP2Q9X");
    assertThat(ProofCode.within("\uFF2B7MP2Q9X")).contains("K7MP2Q9X");
    assertThat(ProofCode.within("We meet at the corner table, four of us")).isEmpty();
    assertThat(ProofCode.within("")).isEmpty();
  }

  @Test
  void each_code_in_the_longest_text_is_found() {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    List<String> made = new ArrayList<>();
    while (text.length() < 32_000) {
      String code = ProofCode.make(random::nextInt);
      made.add(code.replace("-", ""));
      text.append(code);
    }
    assertThat(ProofCode.within(text.toString())).containsAll(made);
  }
}
