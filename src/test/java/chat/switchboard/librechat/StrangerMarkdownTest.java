package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The escapes in a stranger's Markdown, and that the page shows the same words. */
@Tag("unit")
@net.jqwik.api.Tag("unit")
class StrangerMarkdownTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "![a](https://x/i.png)      | \\![a]\\(https://x/i.png)",
        "\\![a](https://x/i.png)    | \\\\\\![a]\\(https://x/i.png)",
        "\\\\![a](https://x/i.png)  | \\\\\\\\\\![a]\\(https://x/i.png)",
        "![a][b]                    | \\![a][b]",
        "[b]: https://x/i.png       | [b]\\: https://x/i.png",
        "[![a](b)](https://x)       | [\\![a]\\(b)]\\(https://x)",
        "[your bank](https://evil)  | [your bank]\\(https://evil)",
        "[a\\](b)                   | [a\\]\\(b)",
        ":::artifact{title=\"a\"}   | \\:\\:\\:artifact{title=\"a\"}",
        "::artifact{title=\"a\"}    | \\:\\:artifact{title=\"a\"}",
        ">:::artifact               | >\\:\\:\\:artifact",
        "\\:::artifact              | \\\\\\:\\:\\:artifact",
        ":img{src=https://x}        | \\:img{src=https://x}",
        "a :artifact b              | a \\:artifact b",
        "text:img[a]                | text\\:img[a]",
        "std\\::artifact             | std\\:\\:artifact",
        "std::artifact              | std:\\:artifact",
        "std:\\\\:img[a]             | std:\\\\\\\\\\:img[a]",
        "<think>a</think>           | <think\\>a</think\\>",
        "```mermaid                 | ```\\mermaid",
        "> 1. ```mermaid            | > 1. ```\\mermaid",
        "~~~ mer&#109;aid           | ~~~ \\mer&#109;aid",
      })
  void markdown_that_acts_on_the_page_is_escaped(String text, String stored) {
    assertThat(StrangerMarkdown.escape(text)).isEqualTo(stored);
    assertThat(StrangerMarkdown.unescape(stored)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Can we meet at 10:30?",
        "Wow! [sic] (really)",
        "https://example.com/a::b?c=d:e&f=[1]",
        "mailto:ann@example.com <https://example.com>",
        "std::vector, :smile: and :-)",
        "`code` and ```code``` in a line",
        "```\ncode\n```",
        "C:\\Users\\ann\\",
        "Привет! Как дела: хорошо",
        "",
        "\\",
      })
  void ordinary_words_are_stored_as_they_are(String text) {
    assertThat(StrangerMarkdown.escape(text)).isSameAs(text);
  }

  @Property(tries = 20_000)
  void the_words_come_back_whatever_they_are(@ForAll("markdown") String text) {
    String stored = StrangerMarkdown.escape(text);
    assertThat(StrangerMarkdown.unescape(stored)).isEqualTo(text);
  }

  @Property(tries = 20_000)
  void no_pair_that_acts_is_left(@ForAll("markdown") String text) {
    assertThat(StrangerMarkdown.escape(text))
        .doesNotContainPattern("(?<!\\\\)(?:\\\\\\\\)*!\\[")
        .doesNotContainPattern("\\](?:\\\\\\\\)*[(:]")
        .doesNotContainPattern("(?m)^[ >\\t]*(?:\\\\\\\\)*:\\\\*:");
  }

  @Provide
  Arbitrary<String> markdown() {
    return Arbitraries.of(
            "!",
            "[",
            "]",
            "(",
            ")",
            ":",
            ":::",
            "\\",
            "\\\\",
            "`",
            "```",
            "~~~",
            " ",
            "\n",
            "a",
            "img",
            "{",
            "}",
            "<think>",
            "</think>",
            "<",
            ">",
            "&",
            "mermaid",
            "é",
            "👍",
            "\t",
            "1")
        .list()
        .ofMaxSize(24)
        .map(parts -> String.join("", parts));
  }

  static Stream<String> repeated() {
    return Stream.of("\\", ":", "`", "~", "![", "](", "]:", ":a[", "``` ", "\\:", " ", "[", "``a")
        .map(part -> part.repeat(200_000 / part.length()));
  }

  @ParameterizedTest
  @MethodSource("repeated")
  void a_long_text_of_one_kind_takes_milliseconds(String text) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> assertThatCode(() -> StrangerMarkdown.escape(text)).doesNotThrowAnyException());
  }
}
