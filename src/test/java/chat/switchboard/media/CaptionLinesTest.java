package chat.switchboard.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class CaptionLinesTest {

  private static final String PICTURE = "[attachment: image/png]";

  @Test
  void the_line_of_a_file_goes_and_the_words_stay() {
    CaptionLines lines = new CaptionLines(List.of("Hello\n" + PICTURE));
    lines.replace(PICTURE, List.of());
    assertThat(lines.parts()).containsExactly("Hello");
  }

  @Test
  void a_line_that_a_person_wrote_stays() {
    CaptionLines lines = new CaptionLines(List.of(PICTURE + "\n" + PICTURE));
    lines.replace(PICTURE, List.of());
    assertThat(lines.parts()).containsExactly(PICTURE);
  }

  @Test
  void several_files_of_one_type_are_all_replaced() {
    CaptionLines lines = new CaptionLines(List.of("a\n" + PICTURE + "\n" + PICTURE));
    lines.replace(PICTURE, List.of(PICTURE + " (not received: x)"));
    lines.replace(PICTURE, List.of());
    assertThat(lines.parts()).containsExactly("a\n" + PICTURE + " (not received: x)");
  }

  @Test
  void a_text_that_consists_of_files_alone_is_empty_without_them() {
    CaptionLines lines = new CaptionLines(List.of(PICTURE, "[attachment: a.pdf]"));
    lines.replace(PICTURE, List.of());
    lines.replace("[attachment: a.pdf]", List.of());
    assertThat(lines.parts()).containsExactly("");
  }

  @Test
  void words_without_a_line_of_their_own_go_to_the_end() {
    CaptionLines lines = new CaptionLines(List.of("a", "b"));
    lines.replace(PICTURE, List.of("[contact: Anna]"));
    assertThat(lines.parts()).containsExactly("a", "b\n[contact: Anna]");
  }
}
