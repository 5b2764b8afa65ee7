package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The billed segments of a text. */
@Tag("unit")
class SegmentsTest {

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("160 of GSM-7", "a".repeat(160), 1, "GSM-7"),
        Arguments.of("161 of GSM-7", "a".repeat(161), 2, "GSM-7"),
        Arguments.of("two full segments", "a".repeat(306), 2, "GSM-7"),
        Arguments.of("one more than two full segments", "a".repeat(307), 3, "GSM-7"),
        Arguments.of("letters of GSM-7 with accents", "àéèìòùÄÖÜäöüß€".repeat(11), 2, "GSM-7"),
        Arguments.of("80 that count twice", "€".repeat(80), 1, "GSM-7"),
        Arguments.of("81 that count twice", "{".repeat(81), 2, "GSM-7"),
        // 152 and one of two units: it goes to the next segment whole.
        Arguments.of("one that is not cut", "a".repeat(152) + "€" + "a".repeat(152), 3, "GSM-7"),
        Arguments.of("70 of UCS-2", "я".repeat(70), 1, "UCS-2"),
        Arguments.of("71 of UCS-2", "я".repeat(71), 2, "UCS-2"),
        Arguments.of("two full segments of UCS-2", "я".repeat(134), 2, "UCS-2"),
        Arguments.of("one more than that", "я".repeat(135), 3, "UCS-2"),
        Arguments.of("one emoji among letters", "a".repeat(69) + "😀", 2, "UCS-2"),
        Arguments.of("35 emoji", "😀".repeat(35), 1, "UCS-2"),
        // 67 is odd: 33 pairs fit into each.
        Arguments.of("67 emoji", "😀".repeat(67), 3, "UCS-2"),
        // The first characters of the two tables of GSM-7.
        Arguments.of("a first character of the basic table", "@".repeat(160), 1, "GSM-7"),
        Arguments.of("80 form feeds", "\f".repeat(80), 1, "GSM-7"),
        Arguments.of("81 form feeds", "\f".repeat(81), 2, "GSM-7"),
        // A pair is not cut; half a pair is a unit like any other.
        Arguments.of("a pair at the end", "я".repeat(66) + "😀" + "я".repeat(66), 3, "UCS-2"),
        Arguments.of("a half at the end", "я".repeat(66) + "\uD83D" + "я".repeat(67), 2, "UCS-2"),
        Arguments.of("another half", "я".repeat(66) + "\uDE00" + "я".repeat(67), 2, "UCS-2"),
        Arguments.of("half a pair as the last", "я".repeat(69) + "\uD83D", 1, "UCS-2"),
        Arguments.of("a typographic quote", "It’s", 1, "UCS-2"),
        Arguments.of("nothing", "", 1, "GSM-7"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void segments_are_counted_as_networks_count_them(
      String name, String text, int count, String encoding) {
    assertThat(Segments.of(text)).isEqualTo(new Segments(count, encoding));
  }
}
