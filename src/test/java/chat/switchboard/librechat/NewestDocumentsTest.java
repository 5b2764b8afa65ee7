package chat.switchboard.librechat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The release and the settings of LibreChat, as its documents show them. */
@Tag("unit")
class NewestDocumentsTest {

  private static final Document EXTERNAL = new Document("role", "external");

  @Test
  void binary_data_of_subtype_6_is_an_encrypted_field_and_no_other() {
    assertThat(encrypted(new Binary((byte) 6, new byte[] {1}))).isTrue();
    assertThat(encrypted(new Binary((byte) 0, new byte[] {1}))).isFalse();
    assertThat(encrypted(new Binary((byte) 4, new byte[16]))).isFalse();
    assertThat(encrypted("Hello")).isFalse();
    assertThat(encrypted(null)).isFalse();
  }

  private static boolean encrypted(Object text) {
    return NewestDocuments.encrypted(
            List.of(new Document("text", "plain"), new Document("text", text)), List.of("text"))
        .isPresent();
  }

  @Test
  void an_answer_of_a_model_shows_whether_the_release_writes_isUserSubmitted() {
    Document old = answer();
    Document known = answer().append("isUserSubmitted", false);
    Document ours = answer().append("metadata", EXTERNAL).append("isUserSubmitted", true);
    Document question = new Document("isCreatedByUser", true);
    assertThat(NewestDocuments.knowsUserSubmitted(List.of(ours, known, question))).contains(true);
    assertThat(NewestDocuments.knowsUserSubmitted(List.of(old, known))).contains(true);
    assertThat(NewestDocuments.knowsUserSubmitted(List.of(ours, question, old))).contains(false);
    assertThat(NewestDocuments.knowsUserSubmitted(List.of(ours, question))).isEmpty();
  }

  private static Document answer() {
    return new Document("isCreatedByUser", false);
  }
}
