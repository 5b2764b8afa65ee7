package chat.switchboard.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The waiting entries of a conversation and of its senders. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class BacklogsTest {

  private final LibreChat libreChat = new LibreChat();
  private final String here = UUID.randomUUID().toString();
  private final String elsewhere = UUID.randomUUID().toString();
  private final String sender = "a sender " + UUID.randomUUID();
  private int arrivals;

  @Inject Backlogs backlogs;

  @AfterEach
  void close() {
    libreChat.collection("switchboard_inbox").deleteMany(new Document("sender", sender));
    libreChat.close();
  }

  @Test
  void entries_of_a_sender_elsewhere_are_told_apart() {
    String other = entry(elsewhere);
    String without = entry(null);
    String last = entry(here);
    Backlogs.Found found = read(Set.of(sender));
    assertThat(ids(found.here())).containsExactly(without, last);
    assertThat(ids(found.elsewhere())).containsExactly(other);
    assertThat(ids(read(Set.of()).here())).containsExactly(last);
  }

  @Test
  void many_entries_elsewhere_hide_none_of_the_conversation() {
    for (int i = 0; i < 10; i++) {
      entry(elsewhere);
    }
    String first = entry(here);
    String second = entry(null);
    Backlogs.Found found = read(Set.of(sender));
    assertThat(ids(found.here())).containsExactly(first, second);
    assertThat(found.elsewhere()).hasSize(3);
  }

  private Backlogs.Found read(Set<String> senders) {
    return backlogs.read(here, senders, 3).await().atMost(Duration.ofSeconds(60));
  }

  private static List<String> ids(List<InboxEntry> entries) {
    return entries.stream().map(entry -> entry.id).toList();
  }

  private String entry(String lane) {
    String id = UUID.randomUUID().toString();
    Document entry =
        new Document("_id", id)
            .append("state", "RECEIVED")
            .append("sender", sender)
            .append("arrival", new BsonTimestamp(++arrivals, 1))
            .append("receivedAt", new Date());
    if (lane != null) {
      entry.append("lane", lane);
    }
    libreChat.collection("switchboard_inbox").insertOne(entry);
    return id;
  }
}
