package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The text of a turn that a person reads. */
@Tag("unit")
class AnswerTextTest {

  @Test
  void the_words_are_in_the_parts_without_thoughts_and_tools() {
    assertThat(
            text(
                "",
                new Document("type", "think").append("think", "Hm."),
                new Document("type", "text").append("text", " We open at nine. "),
                new Document("type", "tool_call").append("tool_call", new Document("name", "x")),
                new Document("type", "text").append("text", "See you!")))
        .isEqualTo("We open at nine.\n\nSee you!");
  }

  @Test
  void an_assistants_words_are_one_level_deeper() {
    assertThat(
            text("", new Document("type", "text").append("text", new Document("value", "Hello"))))
        .isEqualTo("Hello");
  }

  @Test
  void without_parts_the_text_is_it() {
    assertThat(text("Typed by hand ")).isEqualTo("Typed by hand");
  }

  @Test
  void a_picture_has_no_words() {
    assertThat(text("", new Document("type", "image_file").append("image_file", new Document())))
        .isEmpty();
    assertThat(AnswerText.of(new Message())).isEmpty();
  }

  private static String text(String text, Document... content) {
    Message message = new Message();
    message.text = text;
    message.content = List.of(content);
    return AnswerText.of(message);
  }
}
