package chat.switchboard.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class HeaderValueTest {

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "undefined", "new", "b64:", "b64:IA=="})
  void an_empty_value_is_missing(String sent) {
    assertThat(of(sent)).isInstanceOf(HeaderValue.Missing.class);
    assertThat(HeaderValue.of(List.of())).isInstanceOf(HeaderValue.Missing.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{LIBRECHAT_USER_ID}}",
        " {{LIBRECHAT_USER_EMAIL}} ",
        "user {{LIBRECHAT_USER_ID}}",
        "{{LIBRECHAT_USER_ID",
        "LIBRECHAT_USER_ID}}",
        "${USER}",
        "b64:e3tMSUJSRUNIQVRfVVNFUl9JRH19"
      })
  void a_placeholder_is_no_value_also_where_it_is_encoded(String sent) {
    assertThat(of(sent)).isInstanceOf(HeaderValue.Placeholder.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jörg@example.com", "名前@例え.jp", "😀", "мир", "שלום"})
  void a_value_in_base64_is_read_as_utf_8(String value) {
    String sent =
        "b64:" + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    assertThat(of(sent)).isEqualTo(new HeaderValue.Present(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"b64:*", "b64:/w==", "b64:YWI", "b64:YQpi", "a\u0007b", "a\u007fb"})
  void what_is_no_base64_of_utf_8_or_has_control_characters_is_malformed(String sent) {
    HeaderValue value = of(sent);
    if (sent.equals("b64:YWI")) {
      // The padding may be missing.
      assertThat(value).isEqualTo(new HeaderValue.Present("ab"));
    } else {
      assertThat(value).isInstanceOf(HeaderValue.Malformed.class);
    }
  }

  @Test
  void a_long_value_and_two_values_are_malformed() {
    assertThat(of("a".repeat(513))).isInstanceOf(HeaderValue.Malformed.class);
    assertThat(of("a".repeat(512))).isInstanceOf(HeaderValue.Present.class);
    assertThat(HeaderValue.of(List.of("a", "b"))).isInstanceOf(HeaderValue.Malformed.class);
    assertThat(HeaderValue.of(List.of("a", "a"))).isInstanceOf(HeaderValue.Malformed.class);
  }

  private static HeaderValue of(String sent) {
    return HeaderValue.of(List.of(sent));
  }
}
