package chat.switchboard.routing;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.routing.Code.Typed;
import java.security.SecureRandom;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
@net.jqwik.api.Tag("unit")
class CodeTest {

  private final SecureRandom random = new SecureRandom();

  @Property
  void every_code_is_read_as_itself_however_it_is_typed() {
    String code = Code.make(random::nextInt);
    String spaced = code.substring(0, 3) + " " + code.substring(3);
    assertThat(code).hasSize(6).doesNotContainPattern("[01BGILOSUZ]");
    assertThat(Code.read(code)).contains(code);
    assertThat(Code.read(code.toLowerCase(java.util.Locale.ROOT))).contains(code);
    assertThat(Code.leading(" " + spaced + " ")).contains(new Typed(code, "", false));
    assertThat(Code.leading(code + " hello there")).contains(new Typed(code, "hello there", true));
    assertThat(Code.leading(code + "\nhello")).contains(new Typed(code, "hello", true));
    assertThat(Code.leading(code + ": hello")).contains(new Typed(code, "hello", true));
    assertThat(Code.leading(spaced + " hello")).contains(new Typed(code, "hello", false));
    assertThat(Code.leading("\u200B" + code + "\u00A0")).contains(new Typed(code, "", true));
    assertThat(Code.leading("“" + code + "”!")).contains(new Typed(code, "", true));
    assertThat(Code.leading(wide(code) + " ｈｉ")).contains(new Typed(code, "ｈｉ", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "Thanks",
        "PLEASE",
        "123456",
        "2pm ok",
        "I will",
        "",
        "👋",
        "A7C4K",
        "A7C4KXX",
        "A7C4K0",
        "meet at 7",
        "0 0 0 0 0 0",
        "thx",
        "CR7 8HPX",
        "Apt 2371",
        "A1 2B 3C",
        "SKU A7C4KX",
        "A7C4KX/12",
        "https://a7c4kx.example",
        "a7c4kxy hello",
        "+15551234567"
      })
  void an_ordinary_text_is_no_code(String text) {
    assertThat(Code.leading(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Apt 237", "CR7 8HP", "K2P 4R7", "a7c-4kx", "A7C 4KX hello"})
  void a_code_with_gaps_is_not_certain(String text) {
    assertThat(Code.leading(text).orElseThrow().certain()).isFalse();
  }

  private static String wide(String code) {
    return code.chars()
        .mapToObj(c -> String.valueOf((char) (c + 0xFEE0)))
        .collect(java.util.stream.Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource({"A7C4KX,A7C4KX", "a7c-4kx,A7C4KX", "' a7 c4 kx ',A7C4KX"})
  void case_and_gaps_are_forgiven(String typed, String code) {
    assertThat(Code.read(typed)).contains(code);
  }

  /** Two letters and two digits at least, of which A and 2 are the first. */
  @ParameterizedTest
  @CsvSource({
    "A23456, false",
    "AC2345, true",
    "ACDE23, true",
    "ACDEF2, false",
    "ACDEFH, false",
    "234567, false",
    "AC234, false",
    "AC23456, false",
    "AC234-, false",
    "AC2340, false"
  })
  void a_code_has_six_symbols_and_at_least_two_of_each_kind(String typed, boolean isCode) {
    assertThat(Code.read(typed)).isEqualTo(isCode ? Optional.of(typed) : Optional.empty());
  }

  @Property
  void any_text_can_be_looked_at(@ForAll String text) {
    Code.leading(text);
    Code.read(text);
  }

  @Example
  void codes_differ() {
    assertThat(Code.make(random::nextInt)).isNotEqualTo(Code.make(random::nextInt));
  }
}
