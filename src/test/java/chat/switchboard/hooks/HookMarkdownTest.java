package chat.switchboard.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class HookMarkdownTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "plain text, with (brackets).|plain text, with (brackets).",
        "![x](https://evil.example/a.png)|!\\[x&#93;(https://evil.example/a.png)",
        "[bank](https://evil.example)|\\[bank&#93;(https://evil.example)",
        "[x]: https://evil.example|\\[x&#93;: https://evil.example",
        "```mermaid|\\`\\`\\`mermaid",
        "~~~js|\\~\\~\\~js",
        ":::artifact{x}|\\:\\:\\:artifact\\{x\\}",
        "see :img[x]|see \\:img\\[x&#93;",
        "<img src=x onerror=1>|\\<img src=x onerror=1\\>",
        "$$x^2$$|\\$\\$x^2\\$\\$",
        "\\(x\\)|\\\\(x\\\\)",
        "# Title|\\# Title",
        "issue #12|issue #12",
        "- a|\\- a",
        "+ a|\\+ a",
        "1. a|1\\. a",
        "12) a|12\\) a",
        "v1.2 - ok|v1.2 - ok",
        "===|\\===",
        "snake_case _em_|snake_case \\_em\\_",
        "a*b|a\\*b",
        "&lt;script&gt; R&D a & b|\\&lt;script\\&gt; R\\&D a & b",
        "Hello!|Hello\\!",
        "std::vector 12:30 note:x https://a.example/x|std\\:\\:vector 12:30 note\\:x https://a.example/x",
      })
  void a_value_shows_as_the_characters_that_it_is(String value, String wanted) {
    assertThat(HookMarkdown.inline(value, 2000)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://example.com/a_b/(c)*d?q=[1]&x='y'|https://example.com/a_b/%28c%29%2Ad?q=%5B1%5D&x=%27y%27",
        "HTTPS://Example.com/|HTTPS://Example.com/",
        "https://example.com/%20x|https://example.com/%20x",
        "https://example.com/caf\u00e9|https://example.com/caf%C3%A9",
        "http://127.0.0.1:9090/graph?g0.expr=up|http://127.0.0.1:9090/graph?g0.expr=up",
      })
  void a_web_address_stays_one_in_any_place(String value, String wanted) {
    assertThat(HookMarkdown.url(value)).contains(wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://a b",
        "data:text/html,x",
        "https://bank.example@evil.example/",
        "//example.com",
        "ftp://example.com",
        "",
        "https://example.com/%zz",
        " https://example.com"
      })
  void any_other_text_is_no_web_address(String value) {
    assertThat(HookMarkdown.url(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[x](javascript:alert(1))",
        "[x]( javascript:a)",
        "[x](<javascript:a>)",
        "[x](JaVaScRiPt:a)",
        "[x](javascript&colon;a)",
        "[x](javascript&#58;a)",
        "[x](javascript&#x3A;a)",
        "[x](java&Tab;script:a)",
        "<javascript:a>",
        "[x](data:text/html,a)",
        "[x](vbscript:a)",
        "[x](file:///etc/passwd)",
        "[x]: javascript:a",
        "[x](javascript\\:a)",
        "[x](&#106;avascript:a)"
      })
  void a_link_that_leads_to_no_web_address_loses_its_effect(String text) {
    String safe = HookMarkdown.withoutUnsafeLinks(text);
    assertThat(safe).doesNotContain("](").doesNotContain("]:").isNotEqualTo(text);
    if (text.startsWith("<")) {
      assertThat(safe).startsWith("\\<");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[x](https://example.com)", "[x](mailto:a@example.com)", "[x](/local)", "[x](#part)",
        "<https://example.com>", "[x](tel:+1555)", "a < b: c", "[x] (javascript:a)"
      })
  void other_links_stay(String text) {
    assertThat(HookMarkdown.withoutUnsafeLinks(text)).isEqualTo(text);
  }

  @Test
  void what_a_reader_does_not_see_is_removed() {
    assertThat(HookMarkdown.oneLine("a\u202Eb\u2066c\u200Bd\uFEFFe\u0000f\u0007g\u00ADh"))
        .isEqualTo("abcdefgh");
    assertThat(HookMarkdown.oneLine("a\n\r\n\tb\u2028c\u00A0 d")).isEqualTo("a b c d");
    assertThat(HookMarkdown.oneLine("x\uDB40\uDC41\uDB40\uDC42y")).isEqualTo("xy");
    assertThat(HookMarkdown.oneLine("\uD800x")).isEqualTo("\uFFFDx");
    String england = "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC62\uDB40\uDC65\uDB40\uDC7F";
    assertThat(HookMarkdown.oneLine(england)).isEqualTo(england);
    String family = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67";
    assertThat(HookMarkdown.oneLine(family)).isEqualTo(family);
    assertThat(HookMarkdown.oneLine("\u05E9\u05DC\u05D5\u05DD \u200Fabc"))
        .isEqualTo("\u05E9\u05DC\u05D5\u05DD \u200Fabc");
  }

  @Test
  void a_cut_leaves_no_half_of_a_character() {
    assertThat(HookMarkdown.cut("ab\uD83D\uDE00cd", 4)).isEqualTo("ab\u2026");
    assertThat(HookMarkdown.cut("abe\u0301cd", 4)).isEqualTo("ab\u2026");
    assertThat(HookMarkdown.cut("abc", 3)).isEqualTo("abc");
    assertThat(HookMarkdown.cut("abcd", 3)).isEqualTo("ab\u2026");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a|`a`", "a`b|``a`b``", "`a|`` `a ``", "a```b|````a```b````"})
  void code_cannot_be_left(String value, String wanted) {
    assertThat(HookMarkdown.code(value, 100)).isEqualTo(wanted);
  }
}
