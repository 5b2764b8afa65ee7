package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text on a phone of Markdown that an agent wrote. */
@Tag("unit")
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
        Arguments.of("emoji", "😀 **ok**", "😀 ok"),
        Arguments.of("both kinds at once", "***a*** **b *c* d** **e *f***", "a b c d e f"),
        Arguments.of("emphasis over lines", "**a\nb** c", "a\nb c"),
        Arguments.of("emphasis in a quote", "> - *x*\n>   y **z\n> w**", "> - x\n>   y z\n> w"),
        Arguments.of("a figure in bold type", "At **10:30**, **42 EUR**", "At 10:30, 42 EUR"),
        Arguments.of("a warning sign before it", "⚠️**Note:** x 1️⃣**y**", "⚠️Note: x 1️⃣y"),
        Arguments.of("Chinese", "这是**重点**内容", "这是重点内容"),
        Arguments.of("Japanese", "これは**スーパー**です", "これはスーパーです"),
        Arguments.of("Korean", "**중요**합니다", "중요합니다"),
        Arguments.of("Thai", "**สำคัญ**มาก", "สำคัญมาก"),
        Arguments.of("Arabic", "هذا **مهم** جدا", "هذا مهم جدا"),
        Arguments.of("a heading with marks behind", "## Title ##\ntext", "Title\ntext"),
        Arguments.of("an underlined heading", "Title\n=====\n\ntext", "Title\n\ntext"),
        Arguments.of("code with a backtick", "`` a`b ``", "a`b"),
        Arguments.of("code with spaces", "` a  b `", " a  b ".strip()),
        Arguments.of("code with marks", "use `*a* _b_ [c](d)` *now*", "use *a* _b_ [c](d) now"),
        Arguments.of("a fence of tildes", "~~~\n*x*\n\n\n  y\n~~~", "*x*\n\n\n  y"),
        Arguments.of(
            "a fence in a list", "1. a\n   ```\n   *b*\n   ```\n2. c", "1. a\n   *b*\n2. c"),
        Arguments.of("a fence in a quote", "> ```\n> *b*\n> ```\n> *c*", "> *b*\n> c"),
        Arguments.of("indented code", "a\n\n    *b*\n\nc", "a\n\n*b*\n\nc"),
        Arguments.of(
            "an image in a link",
            "[![a](https://i.example)](https://l.example)",
            "a (https://i.example) (https://l.example)"),
        Arguments.of(
            "a link with a title", "[a](<https://e.example/x> 'T')", "a (https://e.example/x)"),
        Arguments.of(
            "a link with parentheses",
            "[a](https://e.example/x(y)z).",
            "a (https://e.example/x(y)z)."),
        Arguments.of("a named link", "[a][n]\n\n[n]: https://e.example", "a (https://e.example)"),
        Arguments.of("a task list", "- [ ] a\n- [x] b", "- [ ] a\n- [x] b"),
        Arguments.of("an escaped star", "\\*not\\* snake\\_case", "*not* snake_case"),
        Arguments.of("line ends of Windows", "**a**\r\nb", "a\nb"),
        Arguments.of(
            "no code points without characters", "&#0; &#xD800; &#65;", "&#0; &#xD800; A"));
  }

  /** Each of these looks like Markdown in places, and loses something that counts if taken so. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Dial *131*2#",
        "Dial *#06#* or **21*5551234# and **61*5551234#",
        "5*3*2=30",
        "2**3**2 = 512",
        "(x*y)*(z*w) = 4",
        "x = *5* + y",
        "price ~5~10 EUR",
        "~~5~~10",
        "5. a\n7. b",
        "3) a\n1) b",
        "1986. A good year",
        "tracking:\n\n[1]: https://example.com/t/123",
        "As said [1].\n\n[1]: https://example.com/a",
        "C:\\_temp\\*.txt",
        "C:\\a\\*.txt and D:\\b\\*.txt",
        "\\\\server\\share_x\\*.doc or \\\\server\\share_y\\*.doc",
        "/usr/_a_/b and ./*.txt ./*.md",
        "a/*.txt b/*.doc",
        "https://example.com/?q=*a*&b=_c_&d=~~e~~",
        "http://example.com/a_(b)_c/*d*/e",
        "www.example.com/_x_/y",
        "snake_case_name and un*believ*able and x**y**z",
        "__init a_b_ c*",
        "Name: ____ Date: ________",
        "f(**a, **b)",
        "* 5 EUR\n* 6 EUR",
        "+ 5 EUR",
        "2 < 3 > 1 && a <b and c> d",
        "**",
        "*",
        "_ _",
        "&copy=5&lt=6",
        "#1 and #2",
        "a | b",
        "[not a link] (really)",
        "Fish & chips @ 5",
        "é e\u0301 \u212B 🇩🇪 👨‍👩‍👧 क्षि"
      })
  void a_text_without_markdown_stays_unchanged(String text) {
    assertThat(PlainText.of(text)).isEqualTo(text);
  }

  /** Inputs that take a Markdown parser quadratic time, or more stack than there is. */
  static Stream<String> hostile() {
    return Stream.of(
            "> ",
            "- ",
            "1. ",
            "> - ",
            "<",
            "<a ",
            "<!--",
            "[",
            "![",
            "]",
            "[]",
            "[a]",
            "[a][b]",
            "[a](b",
            "[a](<b",
            "[a](b 'c",
            "![a](b)",
            "*a ",
            "**a ",
            "_a ",
            "a* ",
            "a** b ",
            "*a _b ",
            "*a **b ",
            "***a ",
            "~~a ",
            "`",
            "`a``b",
            "\\",
            "&",
            "&#",
            "|",
            "|a|\n|-|\n",
            "| a | b |\n",
            "[a]: b\n",
            "[a]: /b 'c\n",
            "```\n",
            "# ",
            "=\n",
            "a\n=\n",
            "* ",
            "\t",
            " ",
            "  \n",
            "http://",
            "www.",
            "/a",
            "\\\\a\\",
            "a:",
            "😀*",
            "\u0301",
            "(",
            "[a](((((((")
        .flatMap(
            unit ->
                Stream.of(
                    filled(unit, 65_536),
                    "[a]: b\n\n" + filled(unit, 65_000),
                    " ".repeat(20_000) + filled(unit, 40_000)));
  }

  private static String filled(String unit, int length) {
    return unit.repeat(length / unit.length());
  }

  @Test
  void hostile_text_is_done_with_soon_and_hardly_grows() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            hostile()
                .forEach(
                    text ->
                        assertThat(PlainText.of(text).length())
                            .isLessThanOrEqualTo(2 * text.length() + 16)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "*a ", "> ", "![", "(", "- "})
  void deep_nesting_needs_no_stack(String unit) throws Exception {
    String text = filled(unit, 30_000) + "x" + ")](u) a* ".repeat(3_000);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(null, () -> PlainText.of(text), "small stack", 128 * 1024);
    thread.setUncaughtExceptionHandler((same, thrown) -> failure.set(thrown));
    thread.start();
    thread.join(20_000);
    assertThat(failure.get()).isNull();
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void a_table_whose_cells_multiply_stays_small() {
    String table = "|a".repeat(8_000) + "|\n" + "|-".repeat(8_000) + "|\n" + "|b\n".repeat(8_000);
    assertThat(PlainText.of(table).length()).isLessThan(table.length());
  }

  @Test
  void a_markdown_text_that_is_too_long_stays_unchanged() {
    String text = "**a** ".repeat(20_000);
    assertThat(PlainText.of(text)).isSameAs(text);
  }

  @Test
  void an_address_that_is_named_often_is_put_in_only_as_long_as_the_text_stays_small() {
    String text = "[a][n] ".repeat(5_000) + "\n\n[n]: https://example.com/" + "x".repeat(1_000);
    assertThat(PlainText.of(text).length()).isLessThan(3 * text.length());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void markdown_becomes_plain(String name, String markdown, String plain) {
    assertThat(PlainText.of(markdown)).isEqualTo(plain);
  }
}
