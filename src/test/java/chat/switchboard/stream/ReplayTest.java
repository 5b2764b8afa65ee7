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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays from LibreChat's messages, for a time without entries of the feed. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ReplayTest {

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aUser() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
    // As after the first start: LibreChat's messages are read, since there were no entries before.
    libreChat
        .collection("switchboard_feed")
        .insertOne(new Document("user", "*").append("kind", "beginning").append("at", new Date()));
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_client_that_reconnects_gets_the_missed_events_and_then_new_events(boolean byHeader) {
    String last = heard(inject());
    List<String> missed = List.of(inject(), inject(), inject());
    try (Browser browser =
        byHeader
            ? back(last)
            : Browser.get("?token=" + LibreChat.token(user) + "&lastEventId=" + last)) {
      browser.heard(missed.get(2));
      String live = inject();
      browser.heard(live);
      List<String> all = new ArrayList<>(missed);
      all.add(live);
      assertThat(browser.messages()).isEqualTo(all);
    }
  }

  @Test
  void a_client_that_missed_nothing_gets_no_replay() {
    String last = heard(inject());
    try (Browser browser = back(last)) {
      String live = inject();
      browser.heard(live);
      assertThat(browser.messages()).containsExactly(live);
    }
  }

  @Test
  void a_client_without_any_event_has_an_id_to_resume_from() {
    inject();
    String place;
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      await().until(() -> browser.lastId() != null);
      place = browser.lastId();
    }
    String missed = inject();
    try (Browser browser = back(place)) {
      browser.heard(missed);
      assertThat(browser.messages()).containsExactly(missed);
    }
  }

  @Test
  void the_replay_of_one_conversation_has_only_its_events() {
    String last = heard(inject());
    Injection.into(libreChat.conversation(user));
    String missed = inject();
    try (Browser browser =
        Browser.get(
            "?conversationId=" + conversation + "&token=" + LibreChat.token(user),
            "Last-Event-ID",
            last)) {
      browser.heard(missed);
      assertThat(browser.messages()).containsExactly(missed);
    }
  }

  @Test
  void an_answer_of_the_agent_is_missed_as_well() {
    String question = inject();
    String last = heard(question);
    String answer = answer(question, new Document());
    try (Browser browser = back(last)) {
      assertThat(browser.heard(answer).json().getString("type")).isEqualTo("agentReply");
      assertThat(browser.messages()).containsExactly(answer);
    }
  }

  @Test
  void a_client_of_another_process_gets_what_this_process_announced_before() {
    String heardLater = inject();
    String heardFirst = inject();
    // The other process announced the messages in the opposite order, and the client left between.
    try (Browser browser = back(heardElsewhere(heardFirst) + "-0ther")) {
      browser.heard(heardLater);
      String live = inject();
      browser.heard(live);
      assertThat(browser.messages()).containsExactly(heardLater, live);
    }
  }

  @Test
  void a_client_without_any_event_that_comes_from_another_process_misses_nothing() {
    String before = inject();
    try (Browser browser = back(System.currentTimeMillis() + "-000000000000000000000000-0ther")) {
      browser.heard(before);
      assertThat(browser.messages()).containsExactly(before);
    }
  }

  /** An id without a process comes from a version of the service that did not name the process. */
  @ParameterizedTest
  @ValueSource(strings = {"", "-0ther"})
  void events_that_another_process_may_have_announced_later_are_replayed(String process) {
    long then = System.currentTimeMillis() - 60_000;
    elsewhere(new Date(then - 40_000));
    String shortlyBefore = elsewhere(new Date(then - 20_000));
    String last = elsewhere(new Date(then));
    String after = elsewhere(new Date(then + 1));
    try (Browser browser = back(heardElsewhere(last) + process)) {
      browser.heard(after);
      assertThat(browser.messages()).containsExactly(shortlyBefore, after);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{tenantId: 'acme', isTemporary: false}",
        "{isTemporary: true}",
        "{isTemporary: null, isCreatedByUser: null}"
      })
  void a_message_is_missed_whatever_fields_librechat_gave_it(String fields) {
    libreChat
        .collection("users")
        .updateOne(
            new Document("_id", new ObjectId(user)),
            new Document("$set", new Document("tenantId", "acme")));
    long then = System.currentTimeMillis() - 60_000;
    String last = elsewhere(new Date(then));
    Document message = external(new Date(then + 1));
    message.putAll(Document.parse(fields));
    libreChat.collection("messages").insertOne(message);
    try (Browser browser = back(heard(last))) {
      browser.heard(message.getString("messageId"));
      assertThat(browser.messages()).containsExactly(message.getString("messageId"));
    }
  }

  @Test
  void an_id_of_somebody_elses_message_is_as_unknown_as_any() {
    String stranger = libreChat.user();
    String theirs = Injection.into(libreChat.conversation(stranger));
    Document message =
        libreChat.collection("messages").find(new Document("messageId", theirs)).first();
    String mine = inject();
    try (Browser browser =
        back(message.getDate("createdAt").getTime() + "-" + message.getObjectId("_id"))) {
      browser.resynced();
      browser.heard(inject());
      assertThat(browser.messages()).doesNotContain(theirs, mine);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "hello",
        "-",
        "1795361863251-6b030c1f53c4588b0af06578",
        "4102444800000-000000000000000000000000",
        "0-000000000000000000000000",
        "99999999999999999999999-000000000000000000000000",
        "1795361863251-6B030C1F53C4588B0AF06578 or 1=1"
      })
  void an_id_that_cannot_be_gone_on_from_makes_the_client_refetch(String id) {
    inject();
    try (Browser browser = back(id).resynced()) {
      String live = inject();
      browser.heard(live);
      assertThat(browser.messages()).containsExactly(live);
    }
  }

  @Test
  void after_being_told_to_refetch_the_client_has_a_place_to_come_back_to() {
    String place;
    try (Browser browser = back("hello").resynced()) {
      place = browser.lastId();
    }
    String missed = inject();
    try (Browser browser = back(place)) {
      browser.heard(missed);
      assertThat(browser.events()).extracting(Browser.Event::name).containsExactly("newMessage");
    }
  }

  @Test
  void a_client_that_missed_too_much_is_told_to_refetch() {
    long then = System.currentTimeMillis() - 60_000;
    String last = elsewhere(new Date(then));
    List<Document> many = new ArrayList<>();
    for (int i = 1; i <= 501; i++) {
      many.add(external(new Date(then + i)));
    }
    libreChat.collection("messages").insertMany(many);
    try (Browser browser = back(heard(last)).resynced()) {
      browser.heard(inject());
      assertThat(browser.messages()).hasSize(1);
    }
  }

  @Test
  void between_what_was_missed_and_what_comes_there_is_no_gap() {
    Set<String> injected = new LinkedHashSet<>();
    String first = inject();
    String last = heard(first);
    Set<String> heard = new LinkedHashSet<>();
    CompletableFuture<List<String>> injecting =
        CompletableFuture.supplyAsync(
            () -> {
              List<String> ids = new ArrayList<>();
              for (int i = 0; i < 150; i++) {
                ids.add(inject());
              }
              return ids;
            });
    while (!injecting.isDone()) {
      try (Browser browser = back(last)) {
        await().until(() -> !browser.messages().isEmpty());
        heard.addAll(browser.messages());
        last = browser.lastId();
        heard.addAll(browser.messages());
      }
    }
    injected.addAll(injecting.join());
    try (Browser browser = back(last)) {
      String end = inject();
      injected.add(end);
      browser.heard(end);
      heard.addAll(browser.messages());
    }
    assertThat(heard).containsExactlyElementsOf(injected);
  }

  private Browser back(String lastEventId) {
    return Browser.get("?token=" + LibreChat.token(user), "Last-Event-ID", lastEventId);
  }

  /** The event id under which a client of this process hears this message. */
  private String heard(String messageId) {
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      await().until(() -> browser.lastId() != null);
      String here = browser.lastId();
      return heardElsewhere(messageId) + here.substring(here.lastIndexOf('-'));
    }
  }

  /** The beginning of every event id under which this message is heard. */
  private String heardElsewhere(String messageId) {
    Document message =
        libreChat.collection("messages").find(new Document("messageId", messageId)).first();
    return message.getDate("createdAt").getTime() + "-" + message.getObjectId("_id");
  }

  private String elsewhere(Date createdAt) {
    Document message = external(createdAt);
    libreChat.collection("messages").insertOne(message);
    return message.getString("messageId");
  }

  private Document external(Date createdAt) {
    return new Document("_id", new ObjectId())
        .append("messageId", java.util.UUID.randomUUID().toString())
        .append("conversationId", conversation)
        .append("user", user)
        .append("parentMessageId", LibreChat.NO_PARENT)
        .append("text", "From another replica")
        .append("sender", "Somebody")
        .append("isCreatedByUser", false)
        .append("metadata", new Document("role", "external").append("source", "sms"))
        .append("createdAt", createdAt)
        .append("updatedAt", createdAt);
  }

  private String answer(String question, Document more) {
    return libreChat.message(
        conversation,
        user,
        question,
        "GPT",
        new Date(),
        new Document("text", "")
            .append("content", List.of(new Document("type", "text").append("text", "Yes")))
            .append("unfinished", false));
  }

  private String inject() {
    return Injection.into(conversation);
  }
}
