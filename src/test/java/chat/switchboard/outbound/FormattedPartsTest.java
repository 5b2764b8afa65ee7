package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.text.WhatsAppMarks;
import chat.switchboard.text.WhatsAppMarks.Span;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text in WhatsApp's form that is too long for one message. */
@Tag("unit")
@net.jqwik.api.Tag("unit")
class FormattedPartsTest {

  private static final int LONGEST = Parts.LONGEST_IN_WHATSAPP;

  @Test
  void a_text_that_fits_stays_whole() {
    assertThat(FormattedParts.of("*x* ".repeat(1_024), LONGEST)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "_", "~", "```", "`"})
  void a_format_over_a_border_is_closed_and_opened_again(String mark) {
    String text = mark + "word ".repeat(1_000).strip() + mark;
    List<String> parts = FormattedParts.of(text, LONGEST);
    assertThat(parts).hasSize(2).allMatch(part -> part.length() <= LONGEST);
    assertThat(parts.get(0)).startsWith("(1/2) " + mark + "word").endsWith("word" + mark + " ");
    assertThat(parts.get(1)).startsWith("(2/2) " + mark + "word").endsWith("word" + mark);
  }

  @Test
  void nested_formats_are_closed_from_the_inside() {
    String text = "*bold _" + "word ".repeat(1_000).strip() + "_*";
    List<String> parts = FormattedParts.of(text, LONGEST);
    assertThat(parts.get(0)).endsWith("word_* ");
    assertThat(parts.get(1)).startsWith("(2/2) *_word");
  }

  @Test
  void a_quote_goes_on_behind_a_border() {
    List<String> parts = FormattedParts.of("> " + "word ".repeat(1_000).strip(), LONGEST);
    assertThat(parts.get(0)).startsWith("(1/2)\n> word");
    assertThat(parts.get(1)).startsWith("(2/2)\n> word");
  }

  @Test
  void a_list_item_begins_on_a_line_of_its_own() {
    List<String> parts = FormattedParts.of("- item\n".repeat(700), LONGEST);
    assertThat(parts).allMatch(part -> part.matches("(?s)\\([0-9]/[0-9]\\)\n- item.*"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"😀", "🇩🇪", "👨‍👩‍👧‍👦", "👍🏽", "1️⃣", "e\u0301\u0323", "क्षि", "重", "ع"})
  void no_cluster_of_a_formatted_text_is_cut(String cluster) {
    for (int before = 1; before < 12; before++) {
      String text = "*" + "x".repeat(before) + cluster.repeat(4_000 / cluster.length() * 2) + "*";
      List<String> parts = FormattedParts.of(text, LONGEST);
      assertThat(parts).hasSizeGreaterThan(1).allMatch(part -> part.length() <= LONGEST);
      assertThat(String.join("", parts.stream().map(FormattedPartsTest::visible).toList()))
          .isEqualTo(visible(text));
      parts.forEach(
          part -> {
            String words = visible(part);
            assertThat(words.startsWith("x") || words.startsWith(cluster)).isTrue();
            assertThat(words).endsWith(cluster);
          });
    }
  }

  @Property(tries = 500)
  void each_character_has_the_same_format_in_its_part(@ForAll("texts") String text) {
    List<String> parts = FormattedParts.of(text, 60);
    assertThat(parts).allMatch(part -> part.length() <= 60);
    List<String> whole = formats(text);
    List<String> divided = new ArrayList<>();
    parts.forEach(part -> divided.addAll(formats(withoutNumber(part, parts.size()))));
    assertThat(divided).isEqualTo(whole);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a",
            "bc",
            " ",
            " ",
            "\n",
            "*a b*",
            "_c d e_",
            "~f~",
            "*g _h i_ j*",
            "`k l`",
            "```m\nn o```",
            "😀",
            "👨‍👩‍👧",
            "é",
            "\u05D0\u05D1",
            "重要",
            "\u00A0",
            ". ",
            "*q r s t u v w x y z*")
        .list()
        .ofMinSize(1)
        .ofMaxSize(60)
        .map(pieces -> String.join(" ", pieces));
  }

  private static String withoutNumber(String part, int parts) {
    return parts == 1 ? part : part.replaceFirst("^\\([0-9]+/[0-9]+\\)[ \n]", "");
  }

  private static String visible(String part) {
    return String.join(
        "",
        formats(part.replaceFirst("^\\([0-9]+/[0-9]+\\)[ \n]", "")).stream()
            .map(one -> one.substring(0, 1))
            .toList());
  }

  /** Each visible character with the kinds of its formats. */
  private static List<String> formats(String text) {
    List<Span> spans = WhatsAppMarks.in(text);
    BitSet marks = new BitSet();
    spans.forEach(
        span -> {
          marks.set(span.start(), span.from());
          marks.set(span.to(), span.end());
        });
    List<String> formats = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      int at = i;
      if (!marks.get(i)) {
        String kinds =
            Character.isWhitespace(text.charAt(i)) || text.charAt(i) == '\u00A0'
                ? ""
                : String.valueOf(
                    spans.stream()
                        .filter(span -> span.start() <= at && at < span.end())
                        .map(Span::kind)
                        .toList());
        formats.add(text.charAt(i) + kinds);
      }
    }
    return formats;
  }
}
