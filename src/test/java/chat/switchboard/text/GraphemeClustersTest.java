package chat.switchboard.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
@net.jqwik.api.Tag("unit")
class GraphemeClustersTest {

  @ParameterizedTest(name = "{0}")
  @MethodSource("clusters")
  void a_text_is_cut_between_grapheme_clusters(String what, List<String> parts) {
    String text = String.join("", parts);
    assertThat(GraphemeClusters.split(text)).isEqualTo(parts);
    int border = 0;
    for (String part : parts) {
      for (int inside = border + 1; border > 0 && inside < border + part.length(); inside++) {
        assertThat(GraphemeClusters.boundary(text, inside)).isEqualTo(border);
      }
      border += part.length();
      assertThat(GraphemeClusters.boundary(text, border)).isEqualTo(border);
    }
  }

  static Stream<Arguments> clusters() {
    return Stream.of(
        of("letters", "a", "b", "ж", "م", "中"),
        of("flags", "🇩🇪", "🇫🇷", "🇧🇷"),
        of("an odd number of regional indicators", "🇩🇪", "🇫"),
        of("a flag made of tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "x"),
        of("a rainbow flag", "🏳️‍🌈", "x"),
        of("families", "👨‍👩‍👧‍👦", "👩‍👩‍👧", "👨‍👦"),
        of("skin tones", "👍🏽", "👩🏿‍🚒", "🫱🏻‍🫲🏿"),
        of("a heart on fire", "❤️‍🔥", "❤️"),
        of("a phoenix and a lime", "🐦‍🔥", "🍋‍🟩"),
        of("keycaps", "1️⃣", "#️⃣", "*⃣"),
        of("combining accents", "e\u0301", "o\u0308\u0304", "n\u0303"),
        of("Zalgo", "Z\u0351\u036b\u0343\u036a\u0302", "a\u0334\u0335"),
        of("Hangul syllables", "각", "가"),
        of("Hangul jamo", "\u1100\u1161\u11A8", "\u1112\u1161\u11AB"),
        of("Devanagari", "हि", "न्दी", " ", "क्ष", "त्रि", "य"),
        of("Devanagari with a nukta and a joiner", "क़्‍ष", "क्‌", "ष"),
        of("Bengali", "ক্ষ", "মা"),
        of("Gujarati", "ક્ષ", "ત્ર"),
        of("Oriya", "କ୍ଷ", "ତ"),
        of("Telugu", "క్ష", "త్ర", "యం"),
        of("Malayalam", "ക്ഷ", "ത്രി"),
        of("Tamil", "நி", "லை", "க்", "ஷ"),
        of("Thai", "กำ", "ลั", "ง"),
        of("Arabic with vowels", "مَ", "رْ", "حَ"),
        of("an Arabic number sign", "\u0600\u0661", "x"),
        of("CR LF", "\r\n", "\n", "a"),
        of("a control character before an accent", "a", "\u0007", "\u0301"),
        of("lone surrogates", "a", "\uD83D", "x", "\uDE00"));
  }

  private static Arguments of(String what, String... parts) {
    return Arguments.of(what, List.of(parts));
  }

  @Test
  void a_cluster_longer_than_the_limit_is_cut_between_code_points() {
    assertThat(GraphemeClusters.boundary("e" + "\u0301".repeat(50), 10)).isEqualTo(10);
    assertThat(GraphemeClusters.boundary("👨‍👩‍👧‍👦", 4)).isEqualTo(3);
    assertThat(GraphemeClusters.boundary("😀😀", 3)).isEqualTo(2);
    assertThat(GraphemeClusters.boundary("🇩🇪", 3)).isEqualTo(2);
  }

  @Test
  void the_first_clusters_are_counted_and_not_their_code_units() {
    assertThat(GraphemeClusters.first("👨‍👩‍👧‍👦🇩🇪e\u0301x", 3))
        .isEqualTo("👨‍👩‍👧‍👦🇩🇪e\u0301");
    assertThat(GraphemeClusters.first("ab", 3)).isEqualTo("ab");
    assertThat(GraphemeClusters.first("", 3)).isEmpty();
  }

  @Test
  void a_hostile_text_of_256_KiB_is_cut_in_linear_time() {
    for (String unit : List.of("\u0301", "👨\u200D", "🇩", "क्", "\uD83D", "\u094D", "\u0600")) {
      String text = unit.repeat(262_144 / unit.length());
      long start = System.nanoTime();
      assertThat(String.join("", GraphemeClusters.split(text))).isEqualTo(text);
      assertThat(System.nanoTime() - start).as(unit).isLessThan(5_000_000_000L);
    }
  }

  @Property
  void a_cut_never_goes_back_never_over_the_limit_and_loses_nothing(
      @ForAll String text, @ForAll @IntRange(min = 2, max = 40) int longest) {
    StringBuilder joined = new StringBuilder();
    String rest = text;
    while (!rest.isEmpty()) {
      int end = GraphemeClusters.boundary(rest, longest);
      assertThat(end).isBetween(1, longest);
      joined.append(rest, 0, end);
      rest = rest.substring(end);
    }
    assertThat(joined.toString()).isEqualTo(text);
  }
}
