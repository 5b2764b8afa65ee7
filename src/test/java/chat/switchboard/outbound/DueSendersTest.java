package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** Which numbers the sweep of the outbox finds. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class DueSendersTest {

  @Inject OutboxEntries entries;

  @Test
  void numbers_that_are_served_already_take_no_place_of_others() {
    Document ours = new Document("test", "due senders");
    try (LibreChat libreChat = new LibreChat()) {
      // These sort before each telephone number that another test has left.
      for (String number : List.of("!1", "!2", "!3")) {
        libreChat
            .collection("switchboard_outbox")
            .insertOne(
                new Document(ours)
                    .append("_id", "due-" + number)
                    .append("state", "DELIVERED")
                    .append("lane", number)
                    .append("nextAttemptAt", new Date(0)));
      }
      try {
        assertThat(
                entries
                    .dueSenders(new Date(), List.of("!1", "!2"), 1)
                    .await()
                    .atMost(Duration.ofSeconds(10)))
            .containsExactly("!3");
      } finally {
        libreChat.collection("switchboard_outbox").deleteMany(ours);
      }
    }
  }
}
