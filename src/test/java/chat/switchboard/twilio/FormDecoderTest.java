package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.twilio.FormDecoder.MalformedForm;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
@net.jqwik.api.Tag("unit")
class FormDecoderTest {

  @Test
  void a_form_is_decoded_field_by_field() throws Exception {
    assertThat(decode("a=1&b=x+y%2Bz&a=2&c=&d&&e=%D0%B6%C3%A9&f==%3D&%67=7"))
        .isEqualTo(
            Map.of(
                "a", List.of("1", "2"),
                "b", List.of("x y+z"),
                "c", List.of(""),
                "d", List.of(""),
                "e", List.of("жé"),
                "f", List.of("=="),
                "g", List.of("7")));
    assertThat(decode("")).isEmpty();
    assertThat(decode("a=ж")).isEqualTo(Map.of("a", List.of("ж")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a=%", "a=%4", "a=%zz", "a=%4g", "a=%-1", "%=b", "a=%C3", "a=%ED%A0%80", "a=%FF"})
  void an_ambiguous_form_is_refused(String form) {
    assertThatThrownBy(() -> decode(form))
        .isInstanceOfSatisfying(
            MalformedForm.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.MALFORMED));
  }

  @Test
  void a_form_has_at_most_1024_fields_of_any_length() throws Exception {
    assertThat(decode(fields(1024))).hasSize(1024);
    assertThatThrownBy(() -> decode(fields(1025)))
        .isInstanceOfSatisfying(
            MalformedForm.class,
            refused -> assertThat(refused.reason()).isEqualTo(RefusalReason.TOO_MANY_FIELDS));
    assertThat(decode("a=" + "x".repeat(262_000)).get("a").get(0)).hasSize(262_000);
  }

  @Property
  void percent_encoded_fields_are_decoded(
      @ForAll @StringLength(max = 40) String name, @ForAll @StringLength(max = 80) String value)
      throws Exception {
    String sent = clean(name);
    if (!sent.isEmpty()) {
      assertThat(decode(encode(sent) + "=" + encode(clean(value))))
          .isEqualTo(Map.of(sent, List.of(clean(value))));
    }
  }

  private static String fields(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "f" + i + "=" + i)
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A lone surrogate has no bytes. */
  private static String clean(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> decode(String form) throws MalformedForm {
    return FormDecoder.decode(form.getBytes(StandardCharsets.UTF_8));
  }
}
