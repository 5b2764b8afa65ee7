package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.Cause;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class PathTemplateTest {

  @ParameterizedTest
  @CsvSource({
    "/,/",
    "/wp-login.php,/wp-login.php",
    "/.env,/.env",
    "/api/people/+15551234567,/api/people/…",
    "/api/people/%2B15551234567/x,/api/people/…/x",
    "/api/messages/stream%3Ftoken=eyJhbGciOi,/api/messages/…",
    "/api/Secret,/api/…",
    "/api/averylongwordwithoutanydigits,/api/…",
    "/a/b/c/d/e/f/g/h/i/j,/a/b/c/d/e/f/g/…",
    "'',-",
  })
  void of_an_unknown_path_only_plain_words_stay(String path, String masked) {
    assertThat(PathTemplate.masked(path)).isEqualTo(masked);
  }

  @Test
  void a_failure_is_described_without_its_message() {
    Throwable failure =
        new IllegalStateException(
            "token=abc", new NumberFormatException("For input string: +15551234567"));
    assertThat(Cause.trace(failure))
        .contains("java.lang.IllegalStateException at PathTemplateTest.")
        .contains("caused by java.lang.NumberFormatException")
        .doesNotContain("token", "5551234567", "\n");
  }
}
