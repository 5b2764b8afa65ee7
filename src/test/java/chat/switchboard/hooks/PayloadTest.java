package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class PayloadTest {

  private static final String JSON = "application/json";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "application/json|{\"a\":\"x\"}",
        "application/json; charset=utf-8|{\"a\":\"x\"}",
        "application/vnd.api+json|{\"a\":\"x\"}",
        "text/plain|  {\"a\":\"x\"}",
        "|{\"a\":\"x\"}",
        "application/x-www-form-urlencoded|payload=%7B%22a%22%3A%22x%22%7D",
        "application/x-www-form-urlencoded|b=1&payload=%7B%22a%22%3A%22x%22%7D&c=2",
        "application/x-www-form-urlencoded|{\"a\":\"x\"}",
        "application/x-www-form-urlencoded|a=x&b=y",
      })
  void a_body_is_read_by_its_type_and_its_content(String type, String body) {
    assertThat(read(type == null ? "" : type, body).scalar("/a")).contains("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-8"})
  void every_unicode_encoding_is_read(String charset) {
    String body = "{\"a\":\"caf\u00e9 \ud83d\ude00\"}";
    assertThat(Payload.read(JSON, body.getBytes(Charset.forName(charset))).scalar("/a"))
        .contains("caf\u00e9 \ud83d\ude00");
    assertThat(
            Payload.read(JSON, ("\uFEFF" + body).getBytes(Charset.forName(charset))).scalar("/a"))
        .contains("caf\u00e9 \ud83d\ude00");
  }

  @Test
  void invalid_utf_8_does_not_lose_the_delivery() {
    byte[] body = {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, 'x', (byte) 0xFF, '"', '}'};
    assertThat(Payload.read(JSON, body).scalar("/a")).contains("\uFFFDx\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\":}", "{\"a\":1} x", "nope", "{'a':1}", "[1,2", "{\"a\":NaN}"})
  void a_body_that_should_be_json_and_is_not_is_text_with_the_problem(String body) {
    Payload payload = read(JSON, body);
    assertThat(payload.json().isMissingNode()).isTrue();
    assertThat(payload.text()).isEqualTo(body);
    assertThat(payload.problem().orElseThrow()).startsWith("The body cannot be read as JSON");
  }

  @Test
  void a_text_is_no_problem() {
    assertThat(read("text/plain", "disk full").problem()).isEmpty();
    assertThat(read("text/plain", "disk full").text()).isEqualTo("disk full");
    assertThat(read("", "").text()).isEmpty();
    assertThat(read(JSON, "").scalar("/a")).isEmpty();
    assertThat(read("text/plain", "x".repeat(20_000)).text()).hasSize(Payload.LONGEST_TEXT);
    assertThat(read("text/plain", "a\u0000b").text()).isEqualTo("a\uFFFDb");
  }

  @ParameterizedTest
  @CsvSource({"30, true", "64, true", "65, false", "100000, false"})
  void sixty_four_levels_are_read(int levels, boolean read) {
    Payload payload = read(JSON, "[".repeat(levels) + "]".repeat(levels));
    assertThat(payload.json().isArray()).isEqualTo(read);
    assertThat(payload.problem().isEmpty()).isEqualTo(read);
  }

  @Test
  void a_hundred_thousand_tokens_are_read_and_no_more() {
    assertThat(read(JSON, keys(40_000)).problem()).isEmpty();
    assertThat(read(JSON, keys(60_000)).problem()).isPresent();
    assertThat(read(JSON, "[" + "[],".repeat(60_000) + "1]").problem()).isPresent();
  }

  private static String keys(int count) {
    return IntStream.range(0, count)
        .mapToObj(at -> "\"" + at + "\":1")
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Test
  void a_body_above_a_mebibyte_is_refused_and_one_of_a_mebibyte_is_read() {
    byte[] most =
        ("\"" + "x".repeat(Payload.LARGEST_BODY - 2) + "\"").getBytes(StandardCharsets.UTF_8);
    assertThat(Payload.read(JSON, most).json().textValue()).hasSize(Payload.LARGEST_BODY - 2);
    assertThatThrownBy(() -> Payload.read(JSON, new byte[Payload.LARGEST_BODY + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_last_of_two_fields_with_one_name_counts() {
    assertThat(read(JSON, "{\"a\":1,\"a\":2}").scalar("/a")).contains("2");
  }

  @ParameterizedTest
  @CsvSource({
    "12345678901234567890123456789, 12345678901234567890123456789",
    "1e400, 1E+400",
    "-0.10, -0.1",
    "1E-3, 0.001"
  })
  void a_number_keeps_its_value(String number, String shown) {
    assertThat(read(JSON, "{\"a\":" + number + "}").scalar("/a")).contains(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1e-999999999", "1e99999999999999"})
  void a_number_with_a_huge_exponent_is_not_written_out(String number) {
    Payload payload = read(JSON, "{\"a\":" + number + "}");
    assertThat(payload.scalar("/a").orElse("").length()).isLessThan(40);
  }

  @Test
  void a_number_of_many_digits_is_a_problem() {
    assertThat(read(JSON, "{\"a\":" + "9".repeat(10_000) + "}").problem()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "/a/b|1", "/l/0|x", "/l/1/c|2", "/m~1n|3", "/m~0n|4", "/|5", "/sp ace|6", "/l/00|", "/l/-|",
        "/l/9|", "/nope|", "/a|", "/l|", "/null|", "a/b|", "/m~2n|", "/m~|", "/b|true"
      })
  void a_pointer_finds_its_value(String pointer, String value) {
    Payload payload =
        read(
            JSON,
            "{\"a\":{\"b\":1},\"l\":[\"x\",{\"c\":2}],\"m/n\":3,\"m~n\":4,\"\":5,\"sp ace\":6,"
                + "\"null\":null,\"b\":true}");
    assertThat(payload.scalar(pointer).orElse(null)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "/action;opened,closed;;;true;",
        "/action;OPENED;;;false;when[0]: /action is \"opened\" and should be one of [OPENED].",
        "/n;3;;;true;",
        "/n;3.0;;;true;",
        "/n;x;;;false;when[0]: /n is \"3\" and should be one of [x].",
        "/draft;false;;;true;",
        "/labels;bug;;;true;",
        "/labels;ui;;;false;when[0]: /labels is an object or a list and should be one of [ui].",
        "/nope;x;;;false;when[0]: /nope is missing and should be one of [x].",
        "/null;null;;;false;when[0]: /null is missing and should be one of [null].",
        "/action;;opened;;false;when[0]: /action is \"opened\" and should be none of [opened].",
        "/nope;;x;;true;",
        "/labels;;bug;;false;when[0]: /labels is an object or a list and should be none of [bug].",
        "/draft;;;true;true;",
        "/null;;;true;false;when[0]: /null is missing and should be present.",
        "/nope;;;false;true;",
        "/user;;;true;true;",
      })
  void a_condition_decides_and_says_why(
      String pointer, String in, String notIn, Boolean exists, boolean matched, String reason) {
    Condition condition =
        new Condition(
            pointer,
            in == null ? null : List.of(in.split(",")),
            notIn == null ? null : List.of(notIn.split(",")),
            exists);
    assertThat(condition.errors("when[0]")).isEmpty();

    Conditions.Decision decision =
        Conditions.decide(
            List.of(condition),
            read(
                JSON,
                "{\"action\":\"opened\",\"n\":3,\"draft\":false,\"labels\":[\"bug\",7,{}],"
                    + "\"null\":null,\"user\":{}}"));

    assertThat(decision.matched()).isEqualTo(matched);
    assertThat(decision.reason()).isEqualTo(reason == null ? "All conditions hold: 1." : reason);
  }

  @Test
  void the_first_condition_that_does_not_hold_decides() {
    Payload payload = read(JSON, "{\"a\":1}");
    assertThat(Conditions.decide(List.of(), payload).matched()).isTrue();
    assertThat(
            Conditions.decide(
                    List.of(
                        Condition.in("/a", "1"), Condition.in("/b", "1"), Condition.in("/c", "1")),
                    payload)
                .reason())
        .startsWith("when[1]: /b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/a;x,y;y;true;true;",
        "/a;x;;false;false;/a is \"x\" and should be missing",
        "/b;x;;false;false;/b is missing and should be one of [x]",
        "/b;;x;false;true;",
        "/b;;x;true;false;/b is missing and should be present",
        "/a;x;x;;false;/a is \"x\" and should be none of [x]",
        "/l;x;z;;true;",
        "/l;x;y;;false;/l is an object or a list and should be none of [y]",
        "/a;;;;true;",
        "/b;;;;false;/b is missing and should be present",
        "/null;;;;false;/null is missing and should be present",
      })
  void all_parts_of_a_condition_must_hold_and_none_asks_for_a_value(
      String pointer, String in, String notIn, Boolean exists, boolean matched, String reason) {
    Condition condition =
        new Condition(
            pointer,
            in == null ? null : List.of(in.split(",")),
            notIn == null ? null : List.of(notIn.split(",")),
            exists);
    assertThat(condition.errors("when[0]")).isEmpty();
    Conditions.Decision decision =
        Conditions.decide(
            List.of(condition), read(JSON, "{\"a\":\"x\",\"l\":[\"x\",\"y\"],\"null\":null}"));
    assertThat(decision.matched()).isEqualTo(matched);
    if (!matched) {
      assertThat(decision.reason()).isEqualTo("when[0]: " + reason + ".");
    }
  }

  @Test
  void the_lengths_of_a_condition_count_code_points() {
    String smile = "\uD83D\uDE00";
    assertThat(
            new Condition("/" + smile.repeat(255), List.of(smile.repeat(200)), null, null)
                .errors("w"))
        .isEmpty();
  }

  @Test
  void a_wrong_condition_is_a_sentence() {
    assertThat(new Condition("action", List.of("x"), null, null).errors("when[0]"))
        .containsExactly("when[0].pointer must be a JSON pointer such as /action.");
    assertThat(new Condition("/a", List.of(), null, null).errors("when[0]")).hasSize(1);
    assertThat(new Condition("/a", List.of("x".repeat(201)), null, null).errors("w")).hasSize(1);
    assertThat(new Condition("/a", null, List.of("\uD83D\uDE00".repeat(201)), null).errors("w"))
        .hasSize(1);
    assertThat(new Condition("/a", List.of("x"), List.of(), null).errors("w")).hasSize(1);
    assertThat(new Condition("/a~2", null, null, true).errors("w")).hasSize(1);
    assertThat(new Condition("/" + "x".repeat(256), null, null, true).errors("w")).hasSize(1);
    assertThat(new Condition(null, List.of("x"), null, null).errors("w")).hasSize(1);
  }

  @Test
  void a_form_with_a_thousand_fields_and_broken_escapes_is_read() {
    String form =
        IntStream.range(0, 1000).mapToObj(at -> "k" + at + "=%zz").collect(Collectors.joining("&"));
    Payload payload = read("application/x-www-form-urlencoded", form);
    assertThat(payload.scalar("/k0")).contains("%zz");
    assertThat(payload.json().size()).isEqualTo(200);
    assertThat(
            read(
                    "application/x-www-form-urlencoded",
                    "payload=" + URLEncoder.encode("{\"a\":", StandardCharsets.UTF_8))
                .problem())
        .isPresent();
  }

  private static Payload read(String type, String body) {
    return Payload.read(type, body.getBytes(StandardCharsets.UTF_8));
  }
}
