package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.outbound.OutgoingFile.Kind;
import chat.switchboard.outbound.TextLayout.Piece;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a text and its files are laid out on messages. */
@Tag("unit")
class TextLayoutTest {

  private static final int LINK = 80;
  private static final String SMS = "+15551234567";
  private static final String WHATSAPP = "whatsapp:+15551234567";

  @Test
  void a_short_text_and_its_files_are_one_message() {
    List<Piece> pieces = TextLayout.of("Look", files(10, "image/png"), SMS, LINK);
    assertThat(pieces).hasSize(1);
    assertThat(pieces.get(0).body()).isEqualTo("Look");
    assertThat(pieces.get(0).files()).hasSize(10);
  }

  @Test
  void files_without_words_are_one_message() {
    List<Piece> pieces = TextLayout.of("", files(3, "image/png"), SMS, LINK);
    assertThat(pieces).hasSize(1);
    assertThat(pieces.get(0).body()).isEmpty();
  }

  @Test
  void a_text_without_files_is_divided_as_ever() {
    assertThat(TextLayout.of("x".repeat(1601), List.of(), SMS, LINK)).hasSize(2);
    assertThat(TextLayout.of("Hello", List.of(), SMS, LINK))
        .containsExactly(new Piece("Hello", List.of()));
  }

  @ParameterizedTest
  @CsvSource({
    // words, files, the number of messages
    "1517, 1, 1",
    "1518, 1, 2",
    "1600, 1, 2",
    "1601, 1, 3",
    "788, 10, 1",
    "789, 10, 2",
  })
  void words_leave_room_for_a_link_in_the_place_of_each_file(int words, int files, int messages) {
    List<Piece> pieces = TextLayout.of("x".repeat(words), files(files, "image/png"), SMS, LINK);
    assertThat(pieces).hasSize(messages);
    for (Piece piece : pieces) {
      String body =
          TextLayout.body(
              piece.body(), Collections.nCopies(piece.files().size(), "l".repeat(LINK)));
      assertThat(body.length()).isBetween(1, 1600);
    }
    assertThat(pieces.get(pieces.size() - 1).files()).hasSize(files);
  }

  @Test
  void files_that_no_message_could_name_as_links_go_in_several() {
    List<Piece> pieces = TextLayout.of("", files(10, "image/png"), SMS, 300);
    assertThat(pieces).extracting(piece -> piece.files().size()).containsExactly(5, 5);
  }

  @Test
  void whatsapp_has_one_file_in_a_message_the_first_beside_the_words() {
    List<Piece> pieces = TextLayout.of("Look", files(3, "image/jpeg"), WHATSAPP, LINK);
    assertThat(pieces).extracting(Piece::body).containsExactly("Look", "", "");
    assertThat(pieces).allSatisfy(piece -> assertThat(piece.files()).hasSize(1));
  }

  @ParameterizedTest
  @CsvSource({
    "image/png, 1024, 1",
    "image/png, 1025, 2",
    "video/mp4, 10, 1",
    "application/pdf, 10, 2",
    "audio/ogg, 10, 2",
    // Not known before the file is fetched
    "'', 10, 1",
  })
  void words_beside_a_file_of_whatsapp_are_a_caption(String type, int words, int messages) {
    assertThat(TextLayout.of("x".repeat(words), files(1, type), WHATSAPP, LINK)).hasSize(messages);
  }

  private static List<OutgoingFile> files(int count, String type) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new OutgoingFile(
                    Kind.LIBRECHAT,
                    "file-" + i,
                    "owner",
                    "scope",
                    Optional.empty(),
                    Optional.of(type).filter(known -> !known.isEmpty()),
                    true,
                    Optional.empty()))
        .toList();
  }
}
