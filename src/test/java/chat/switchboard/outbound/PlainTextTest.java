package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person reads on a phone of what an agent wrote in Markdown. */
class PlainTextTest {

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("words", "Hello there", "Hello there"),
        Arguments.of("lines", "One\nTwo\n\nThree", "One\nTwo\n\nThree"),
        Arguments.of("emphasis", "**Yes**, *really* ~~no~~", "Yes, really no"),
        Arguments.of("a heading", "# Opening hours\n\n9 to 5", "Opening hours\n\n9 to 5"),
        Arguments.of(
            "a link",
            "See [our site](https://example.com).",
            "See our site (https://example.com)."),
        Arguments.of("a bare link", "<https://example.com>", "https://example.com"),
        Arguments.of(
            "a link that is its own label",
            "[https://example.com](https://example.com)",
            "https://example.com"),
        Arguments.of("a mail address", "<a@example.com>", "a@example.com"),
        Arguments.of(
            "an image", "![A cat](https://example.com/c.png)", "A cat (https://example.com/c.png)"),
        Arguments.of("a list", "* one\n* two\n  * deeper", "- one\n- two\n  - deeper"),
        Arguments.of("a numbered list", "3. three\n4. four", "3. three\n4. four"),
        Arguments.of("a loose list", "- one\n\n- two", "- one\n\n- two"),
        Arguments.of("code", "Run `ls -l`", "Run ls -l"),
        Arguments.of("a code block", "Run:\n\n```sh\nls -l\ncd *a*\n```", "Run:\n\nls -l\ncd *a*"),
        Arguments.of("a quote", "> said\n> so", "> said\n> so"),
        Arguments.of(
            "a table",
            "| Day | Time |\n|---|---|\n| Mon | 9-5 |\n| Tue | **closed** |",
            "Day | Time\nMon | 9-5\nTue | closed"),
        Arguments.of("a rule", "a\n\n---\n\nb", "a\n\n---\n\nb"),
        Arguments.of(
            "what only looks like it",
            "5 * 3 * 2 = 30, snake_case_name, 2 < 3",
            "5 * 3 * 2 = 30, snake_case_name, 2 < 3"),
        Arguments.of("an escape", "1\\. not a list", "1. not a list"),
        Arguments.of("a character by name", "fish &amp; chips", "fish & chips"),
        Arguments.of("emoji", "😀 **ok**", "😀 ok"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void markdown_becomes_plain(String name, String markdown, String plain) {
    assertThat(PlainText.of(markdown)).isEqualTo(plain);
  }
}
