package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WhatsApp's form of Markdown that an agent wrote, and the way back. */
@Tag("unit")
class WhatsAppTextTest {

  /** The Markdown of an agent, its form in WhatsApp, and the Markdown of that. */
  static Stream<Arguments> roundTrips() {
    return Stream.of(
        Arguments.of("words", "Hello there", "Hello there", "Hello there"),
        Arguments.of("bold", "**Yes** and __no__", "*Yes* and *no*", "**Yes** and **no**"),
        Arguments.of("italic", "*maybe*, _so_", "_maybe_, _so_", "_maybe_, _so_"),
        Arguments.of("strike", "~~9~~ ~~no~~ 10", "~9~ ~no~ 10", "~~9~~ ~~no~~ 10"),
        Arguments.of("nested", "***a*** **b *c* d**", "_*a*_ *b _c_ d*", "_**a**_ **b _c_ d**"),
        Arguments.of("bold in bold", "**a __b__ c**", "*a b c*", "**a b c**"),
        Arguments.of("over lines", "**one\ntwo** x", "*one*\n*two* x", "**one**\n**two** x"),
        Arguments.of("code", "Run `ls *.x*`", "Run `ls *.x*`", "Run `ls *.x*`"),
        Arguments.of(
            "a block of code",
            "Run:\n\n```sh\nls -l\n\ncd *a*\n```\nDone",
            "Run:\n\n```ls -l\n\ncd *a*```\nDone",
            "Run:\n\n```\nls -l\n\ncd *a*\n```\nDone"),
        Arguments.of("a line of code", "```\nx\n```", "```x```", "```\nx\n```"),
        Arguments.of(
            "indented code",
            "a\n\n    b\n    *c*\n\nd",
            "a\n\n```b\n*c*```\n\nd",
            "a\n\n```\nb\n*c*\n```\n\nd"),
        Arguments.of("a list", "* one\n* **two**", "- one\n- *two*", "- one\n- **two**"),
        Arguments.of("numbers", "1. one\n2. two", "1. one\n2. two", "1. one\n2. two"),
        Arguments.of("a quote", ">said\n> *so*", "> said\n> _so_", "> said\n> _so_"),
        Arguments.of(
            "a heading",
            "# Opening *hours* #\n\n9 to 5",
            "*Opening _hours_*\n\n9 to 5",
            "**Opening _hours_**\n\n9 to 5"),
        Arguments.of("a bold heading", "## **Hours**", "*Hours*", "**Hours**"),
        Arguments.of("an underlined heading", "Hours\n=====\nx", "*Hours*\nx", "**Hours**\nx"),
        Arguments.of(
            "a link",
            "See [**our** site](https://example.com/a_b_c).",
            "See *our* site (https://example.com/a_b_c).",
            "See **our** site (https://example.com/a_b_c)."),
        Arguments.of(
            "a table",
            "| Day | Time |\n|---|---|\n| Mon | **9-5** |",
            "Day | Time\nMon | *9-5*",
            "Day | Time\nMon | **9-5**"),
        Arguments.of(
            "Arabic", "**مرحبا** بك، _شكرا_", "*مرحبا* بك، _شكرا_", "**مرحبا** بك، _شكرا_"),
        Arguments.of("Hebrew", "## שלום **עולם**", "*שלום עולם*", "**שלום עולם**"),
        Arguments.of(
            "Devanagari",
            "**नमस्ते दुनिया** क्षि",
            "*नमस्ते दुनिया* क्षि",
            "**नमस्ते दुनिया** क्षि"),
        Arguments.of("CJK with spaces", "**重要** です", "*重要* です", "**重要** です"),
        Arguments.of("CJK without spaces", "これは**重要**です", "これは重要です", "これは重要です"),
        Arguments.of("CJK punctuation", "注意：**重要**。", "注意：*重要*。", "注意：**重要**。"),
        Arguments.of("Thai", "**สวัสดี** ครับ", "*สวัสดี* ครับ", "**สวัสดี** ครับ"),
        Arguments.of(
            "emoji families",
            "👨‍👩‍👧 **ja 👍🏽** 🇩🇪",
            "👨‍👩‍👧 *ja 👍🏽* 🇩🇪",
            "👨‍👩‍👧 **ja 👍🏽** 🇩🇪"),
        Arguments.of("a warning sign", "⚠️**Note:** x", "⚠️*Note:* x", "⚠️**Note:** x"),
        Arguments.of("a keycap", "1️⃣ **one**", "1️⃣ *one*", "1️⃣ **one**"),
        Arguments.of(
            "no-break spaces",
            "**10\u00A0EUR**\u00A0_net_",
            "*10\u00A0EUR*\u00A0_net_",
            "**10\u00A0EUR**\u00A0_net_"),
        Arguments.of("accents", "**e\u0301te\u0301**", "*e\u0301te\u0301*", "**e\u0301te\u0301**"),
        Arguments.of(
            "a joiner of Persian",
            "می\u200Cخواهم **نه**",
            "می\u200Cخواهم *نه*",
            "می\u200Cخواهم **نه**"),
        Arguments.of("Windows", "**a**\r\nb", "*a*\nb", "**a**\nb"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("roundTrips")
  void markdown_goes_to_whatsapp_and_back(
      String what, String markdown, String whatsApp, String back) {
    assertThat(WhatsAppText.of(markdown)).isEqualTo(whatsApp);
    assertThat(WhatsAppMarkdown.of(whatsApp)).isEqualTo(back);
    // What came back looks the same on a phone.
    assertThat(WhatsAppText.of(back)).isEqualTo(whatsApp);
  }

  /** What a person wrote in WhatsApp, and its Markdown. */
  static Stream<Arguments> written() {
    return Stream.of(
        Arguments.of("5*3*2", "5\\*3\\*2"),
        Arguments.of("**both**", "\\*\\*both\\*\\*"),
        Arguments.of("a * b * c", "a * b * c"),
        Arguments.of("snake_case_name", "snake_case_name"),
        Arguments.of("_ready", "_ready"),
        Arguments.of("# one\n#two", "\\# one\n#two"),
        Arguments.of(">shout\n> quote\n> # x", "\\>shout\n> quote\n> \\# x"),
        Arguments.of("+ plus\n1) one\n1. one\n- x", "\\+ plus\n1\\) one\n1. one\n- x"),
        Arguments.of("Title\n---\n===\n***", "Title\n\\---\n\\===\n\\*\\*\\*"),
        Arguments.of("a|b\n-|-\nc|d", "a|b\n\\-|-\nc|d"),
        Arguments.of("a|b\n|:-:|:-:|", "a|b\n|:\\-:|:-:|"),
        Arguments.of("~~~x\n", "\\~\\~\\~x\n"),
        Arguments.of("fish &amp; chips & more", "fish \\&amp; chips & more"),
        Arguments.of("C:\\_x \\* \\o/", "C:\\\\_x \\\\* \\o/"),
        Arguments.of("https://e.example/_a_/*b*c *d*", "https://e.example/_a_/*b*c **d**"),
        Arguments.of("*https://e.example/a_b*", "**https://e.example/a_b**"),
        Arguments.of("```a``` # b", "`a` # b"),
        Arguments.of("x ```a\nb``` # c", "x \n```\na\nb\n```\n \\# c"),
        Arguments.of("a ` b ` c", "a `  b  ` c"),
        Arguments.of("``", "\\`\\`"),
        Arguments.of("```a`b```", "``` a`b ```"),
        Arguments.of("*not\nbold*", "\\*not\nbold\\*"),
        Arguments.of("*a _b* c_", "**a \\_b** c\\_"),
        Arguments.of("😀*(x)*", "😀\\*(x)\\*"),
        Arguments.of("😀_x_", "😀*x*"),
        Arguments.of("![a](https://e.example/p.png)", "![a](https://e.example/p.png)"),
        Arguments.of("", ""));
  }

  @ParameterizedTest
  @MethodSource("written")
  void what_only_markdown_formats_is_escaped(String written, String markdown) {
    assertThat(WhatsAppMarkdown.of(written)).isEqualTo(markdown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Dial *131*2#",
        "C:\\_temp\\*.txt",
        "snake_case_name and un*believ*able",
        "5. a\n7. b",
        "f(**a, **b)",
        "[not a link] (really)"
      })
  void codes_and_paths_of_an_agent_stay_as_written(String text) {
    assertThat(WhatsAppText.of(text)).isEqualTo(text);
  }

  @Test
  void an_escaped_star_goes_out_as_a_star() {
    assertThat(WhatsAppText.of("\\*not bold\\*")).isEqualTo("*not bold*");
  }

  @Test
  void a_picture_that_goes_out_beside_the_text_is_left_out() {
    assertThat(WhatsAppText.of("**Look** ![c](/images/c.png)\n**now**", Set.of("/images/c.png")))
        .isEqualTo("*Look*\n*now*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*a* ", "*", "_*~", "```", "`", "` ", "*a\n", "``", "\\", "> - ", "~~~\n", "h", "- "
      })
  void hostile_texts_take_linear_time(String unit) {
    String text = unit.repeat(60_000 / unit.length());
    assertTimeoutPreemptively(
        Duration.ofSeconds(4),
        () -> {
          WhatsAppText.of(text);
          WhatsAppMarkdown.of(text);
        });
  }
}
