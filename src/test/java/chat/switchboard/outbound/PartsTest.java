package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** A text that is too long for one message. */
class PartsTest {

  @Test
  void a_text_that_fits_stays_whole_and_without_a_number() {
    String text = "word ".repeat(320).strip() + "x";
    assertThat(text).hasSize(1600);
    assertThat(Parts.of(text)).containsExactly(text);
  }

  @Test
  void a_longer_one_is_cut_between_words_and_numbered() {
    String text = "word ".repeat(700).strip();
    List<String> parts = Parts.of(text);
    assertThat(parts).hasSize(3);
    assertThat(parts.get(0)).startsWith("(1/3) word ").endsWith("word");
    assertThat(parts.get(2)).startsWith("(3/3) word");
    assertThat(parts).allMatch(part -> part.length() <= Parts.LONGEST);
  }

  @Test
  void a_word_without_an_end_is_cut_but_no_character_is() {
    String text = "x" + "😀".repeat(1600);
    assertThat(Parts.of(text))
        .hasSize(3)
        .allMatch(part -> part.length() <= Parts.LONGEST)
        .allMatch(part -> !Character.isHighSurrogate(part.charAt(part.length() - 1)));
  }

  @Property(tries = 300)
  void nothing_is_lost(@ForAll("texts") String text) {
    List<String> parts = Parts.of(text);
    String joined =
        parts.size() == 1
            ? parts.get(0)
            : parts.stream()
                .map(part -> part.substring(part.indexOf(' ') + 1))
                .collect(Collectors.joining(" "));
    assertThat(parts).allMatch(part -> part.length() <= Parts.LONGEST);
    assertThat(joined.replaceAll("\\s+", "")).isEqualTo(text.replaceAll("\\s+", ""));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("ab \n")
        .withChars("é€")
        .ofMinLength(0)
        .ofMaxLength(6000)
        .filter(text -> text.equals(text.strip()));
  }
}
