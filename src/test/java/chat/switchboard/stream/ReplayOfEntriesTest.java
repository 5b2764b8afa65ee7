package chat.switchboard.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.Browser;
import chat.switchboard.support.Injection;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replays from {@code switchboard_feed}, long after the first reader of the feed began. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ReplayOfEntriesTest {

  private static final Document MARKS = new Document("user", "*");

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aUser() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
    await().until(() -> libreChat.collection("switchboard_feed").countDocuments(MARKS) > 0);
    libreChat
        .collection("switchboard_feed")
        .updateMany(
            MARKS,
            new Document(
                "$set", new Document("at", new Date(System.currentTimeMillis() - 7_200_000))));
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_client_gets_what_it_missed_whether_or_not_the_entries_are_written_yet() {
    String first = inject();
    String last;
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      String heard = inject();
      browser.heard(heard);
      last = browser.lastId();
    }
    List<String> missed = List.of(inject(), inject(), inject());
    try (Browser browser = back(last)) {
      browser.heard(missed.get(2));
      assertThat(browser.messages()).isEqualTo(missed).doesNotContain(first);
    }
    awaitEntry(missed.get(2));
    try (Browser browser = back(last)) {
      browser.heard(missed.get(2));
      assertThat(browser.messages()).isEqualTo(missed);
      String live = inject();
      browser.heard(live);
      assertThat(browser.messages()).hasSize(4).doesNotHaveDuplicates();
    }
  }

  @Test
  void an_answer_of_the_agent_is_missed_as_well() {
    String question = inject();
    String place = place();
    String answer =
        libreChat.message(conversation, user, question, "GPT", new Date(), new Document());
    awaitEntry(answer);
    try (Browser browser = back(place)) {
      assertThat(browser.heard(answer).json().getString("type")).isEqualTo("agentReply");
      assertThat(browser.messages()).containsExactly(answer);
    }
  }

  @Test
  void a_message_of_another_replica_is_missed_as_well() {
    String place = place();
    String message =
        libreChat.message(
            conversation,
            user,
            LibreChat.NO_PARENT,
            "SMS",
            new Date(),
            new Document("metadata", new Document("role", "external")));
    awaitEntry(message);
    try (Browser browser = back(place)) {
      browser.heard(message);
      assertThat(browser.messages()).containsExactly(message);
    }
  }

  @Test
  void the_replay_of_one_conversation_has_only_its_events() {
    String place = place();
    Injection.into(libreChat.conversation(user));
    String missed = inject();
    awaitEntry(missed);
    try (Browser browser =
        Browser.get(
            "?conversationId=" + conversation + "&token=" + LibreChat.token(user),
            "Last-Event-ID",
            place)) {
      browser.heard(missed);
      assertThat(browser.messages()).containsExactly(missed);
    }
  }

  @Test
  void twenty_tabs_of_a_user_with_fifty_thousand_messages_get_only_what_they_missed() {
    long then = System.currentTimeMillis() - 1_800_000;
    List<Document> many = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      many.add(
          new Document("_id", new ObjectId())
              .append("messageId", UUID.randomUUID().toString())
              .append("conversationId", conversation)
              .append("user", user)
              .append("isCreatedByUser", false)
              .append("metadata", new Document("role", "external"))
              .append("createdAt", new Date(then + i))
              .append("updatedAt", new Date(then + i)));
    }
    libreChat.collection("messages").insertMany(many);
    String place = place();
    String missed = inject();
    List<Browser> tabs = new ArrayList<>();
    try {
      for (int tab = 0; tab < 20; tab++) {
        tabs.add(back(place));
      }
      for (Browser tab : tabs) {
        tab.heard(missed);
        assertThat(tab.messages()).containsExactly(missed);
        assertThat(tab.events()).extracting(Browser.Event::name).containsExactly("newMessage");
      }
    } finally {
      tabs.forEach(Browser::close);
      libreChat.collection("messages").deleteMany(new Document("user", user));
    }
  }

  @Test
  void for_a_time_without_entries_the_messages_themselves_are_read() {
    String place = place();
    libreChat
        .collection("switchboard_feed")
        .insertOne(
            new Document("user", "*")
                .append("kind", "a kind of a later version")
                .append("at", new Date()));
    Document missed =
        new Document("_id", new ObjectId())
            .append("messageId", UUID.randomUUID().toString())
            .append("conversationId", conversation)
            .append("user", user)
            .append("parentMessageId", LibreChat.NO_PARENT)
            .append("text", "While no replica read")
            .append("isCreatedByUser", false)
            .append("metadata", new Document("role", "external"))
            // The poll does not reach back so far: no entry is written.
            .append("createdAt", new Date(System.currentTimeMillis() - 20_000))
            .append("updatedAt", new Date());
    libreChat.collection("messages").insertOne(missed);
    try (Browser browser = back(place)) {
      browser.heard(missed.getString("messageId"));
    }
    assertThat(entries(missed.getString("messageId"))).isZero();
  }

  /** The place of a client that has just connected. */
  private String place() {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      await().until(() -> browser.lastId() != null);
      return browser.lastId();
    }
  }

  private long entries(String messageId) {
    return libreChat
        .collection("switchboard_feed")
        .countDocuments(new Document("messageId", messageId));
  }

  private void awaitEntry(String messageId) {
    await().until(() -> entries(messageId) == 1);
  }

  private Browser back(String lastEventId) {
    return Browser.get("?token=" + LibreChat.token(user), "Last-Event-ID", lastEventId);
  }

  private String inject() {
    return Injection.into(conversation);
  }
}
