package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Date;
import org.bson.Document;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MessageViewTest {

  @Test
  void the_first_date_of_a_moved_message_has_the_format_of_the_other_dates() {
    Message message = new Message();
    message.createdAt = new Date(1_795_361_863_252L);
    message.metadata =
        new Document("role", "external").append("writtenAt", new Date(1_795_361_863_251L));

    MessageView view = MessageView.of(message);

    assertThat(view.metadata())
        .containsEntry("role", "external")
        .containsEntry("writtenAt", "2026-11-22T15:37:43.251Z");
    assertThat(view.createdAt()).isEqualTo("2026-11-22T15:37:43.252Z");
  }
}
