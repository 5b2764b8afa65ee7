package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.text.GraphemeClusters;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A text that is too long for one message. */
@Tag("unit")
@net.jqwik.api.Tag("unit")
class PartsTest {

  @Test
  void a_text_that_fits_stays_whole_and_without_a_number() {
    String text = "word ".repeat(320);
    assertThat(text).hasSize(1600);
    assertThat(Parts.of(text, Parts.LONGEST)).containsExactly(text);
  }

  @Test
  void a_longer_one_is_cut_between_words_and_numbered() {
    String text = "word ".repeat(700).strip();
    List<String> parts = Parts.of(text, Parts.LONGEST);
    assertThat(parts).hasSize(3);
    assertThat(parts.get(0)).startsWith("(1/3) word ").endsWith("word ");
    assertThat(parts.get(2)).startsWith("(3/3) word");
    assertThat(parts).allMatch(part -> part.length() <= Parts.LONGEST);
    assertThat(joined(parts)).isEqualTo(text);
  }

  @Test
  void whatsapp_takes_longer_parts() {
    assertThat(Parts.longest("whatsapp:+15551234567")).isEqualTo(4096);
    assertThat(Parts.longest("rcs:+15551234567")).isEqualTo(1600);
    assertThat(Parts.longest("+15551234567")).isEqualTo(1600);
    assertThat(Parts.of("x".repeat(4096), 4096)).hasSize(1);
    assertThat(Parts.of("x".repeat(4097), 4096)).hasSize(2);
  }

  /** Clusters that a reader sees as one character. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "😀",
        "🇩🇪",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "1️⃣",
        "e\u0301\u0323",
        "\u1112\u1161\u11AB",
        "क्षि",
        "\r\n",
        " \u0301"
      })
  void no_cluster_is_cut(String cluster) {
    for (int before = 0; before < 16; before++) {
      String text = "x".repeat(before) + cluster.repeat(1_000);
      List<String> parts = Parts.of(text, Parts.LONGEST);
      assertThat(parts).hasSizeGreaterThan(1).allMatch(part -> part.length() <= Parts.LONGEST);
      assertThat(joined(parts)).isEqualTo(text);
      assertCutsBetweenClusters(text, parts);
    }
  }

  @Test
  void a_single_cluster_that_is_too_long_is_cut_between_code_points() {
    String text = "z" + "\uD834\uDD65".repeat(2_000);
    List<String> parts = Parts.of(text, Parts.LONGEST);
    assertThat(joined(parts)).isEqualTo(text);
    assertThat(parts)
        .allMatch(part -> part.length() <= Parts.LONGEST)
        .noneMatch(part -> Character.isHighSurrogate(part.charAt(part.length() - 1)));
  }

  @Test
  void a_hundred_parts_and_more_have_room_for_their_numbers() {
    String text = "x".repeat(200_000);
    List<String> parts = Parts.of(text, Parts.LONGEST);
    assertThat(parts).hasSizeGreaterThan(100).allMatch(part -> part.length() <= Parts.LONGEST);
    assertThat(parts.get(0)).startsWith("(1/" + parts.size() + ") ");
    assertThat(joined(parts)).isEqualTo(text);
  }

  /** With a number of six characters, {@code (1/2) }, a part of 20 has room for 14. */
  @ParameterizedTest
  @CsvSource({
    "28, 2, 14",
    "29, 3, 14",
    // Ten parts and more have numbers of eight characters.
    "126, 9, 14",
    "127, 11, 12"
  })
  void a_part_is_filled_up_to_its_last_character(int length, int count, int first) {
    List<String> parts = Parts.of("x".repeat(length), 20);
    assertThat(parts).hasSize(count);
    assertThat(parts.get(0)).isEqualTo("(1/" + count + ") " + "x".repeat(first));
    assertThat(joined(parts)).isEqualTo("x".repeat(length));
  }

  @ParameterizedTest
  @CsvSource({"6, 14", "7, 8", "12, 13", "13, 14"})
  void a_space_in_the_second_half_of_a_part_ends_the_part(int letters, int first) {
    String text = "x".repeat(letters) + " " + "y".repeat(27 - letters);
    assertThat(Parts.of(text, 20).get(0)).endsWith(") " + text.substring(0, first));
  }

  @Property(tries = 300)
  void joined_together_the_parts_are_the_text(@ForAll("texts") String text) {
    List<String> parts = Parts.of(text, Parts.LONGEST);
    assertThat(parts).allMatch(part -> part.length() <= Parts.LONGEST);
    assertThat(joined(parts)).isEqualTo(text);
    assertCutsBetweenClusters(text, parts);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "a",
            "b",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "é",
            "e\u0301",
            "€",
            "😀",
            "🇩🇪",
            "👨‍👩‍👧",
            "1️⃣",
            "क्षि",
            "\u1100\u1161",
            "\u00A0",
            "\u200D",
            "\u0301",
            "word ",
            "(1/3) ",
            "\u3042".repeat(50))
        .list()
        .ofMinSize(0)
        .ofMaxSize(2_500)
        .map(pieces -> String.join("", pieces));
  }

  private static String joined(List<String> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.substring(part.indexOf(") ") + 2)));
    return text.toString();
  }

  private static void assertCutsBetweenClusters(String text, List<String> parts) {
    Set<Integer> borders = new HashSet<>();
    int end = 0;
    for (String cluster : GraphemeClusters.split(text)) {
      end += cluster.length();
      borders.add(end);
    }
    List<Integer> cuts = new ArrayList<>();
    int cut = 0;
    for (String part : parts) {
      cut += parts.size() == 1 ? part.length() : part.length() - part.indexOf(") ") - 2;
      cuts.add(cut);
    }
    if (!text.isEmpty()) {
      assertThat(borders).containsAll(cuts);
    }
  }
}
