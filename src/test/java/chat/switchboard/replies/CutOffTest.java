package chat.switchboard.replies;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import chat.switchboard.outbound.OutgoingText;
import chat.switchboard.support.Browser;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.SentTexts;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The owner writes while LibreChat answers a text: the run is aborted, and the phone still hears.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(CutOffTest.Own.class)
class CutOffTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** A short patience, and an apology. */
  public static class Own implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.notices.no-answer", "No answer today",
          "switchboard.replies.debounce", "300ms",
          "switchboard.replies.timeout", "4s",
          "switchboard.replies.initial-backoff", "100ms",
          "switchboard.replies.max-attempts", "8",
          "switchboard.replies.per-sender", "50");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(SentTexts.class);
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat agent;
  private String user;
  private String conversation;
  private String number;

  @BeforeEach
  void aConversation() {
    agent = FakeLibreChat.Resource.get();
    agent.reset();
    user = libreChat.user();
    conversation = libreChat.conversation(user);
    number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }

  @AfterEach
  void close() {
    agent.reset();
    libreChat.close();
  }

  @Test
  void the_question_is_asked_again_behind_the_owners_turn_and_the_phone_gets_one_answer() {
    agent.willBe(conversation, Manner.ANSWERS_LATE);
    String question = textArrives("When do you open? ![a](b)");
    await().atMost(SOON).until(() -> agent.generated(conversation).size() == 1);
    String turn =
        agent.ownerWrites(conversation, user, question, "Be brief", Manner.ANSWERS_SLOWLY);
    await().atMost(SOON).until(() -> !texted().isEmpty());
    await().atMost(SOON).until(() -> "answered".equals(state(question)));

    assertThat(texted())
        .extracting(OutgoingText::text)
        .containsExactly("Answer to: When do you open? ![a](b)");
    List<Document> branch = branch(libreChat.lastMessage(conversation, user));
    assertThat(branch)
        .extracting(message -> message.getString("messageId"))
        .contains(question, turn);
    // Question, the owner's turn and its answer, the question again and its answer.
    List<Document> end = branch.subList(branch.size() - 5, branch.size());
    assertThat(end.get(0)).containsEntry("messageId", question);
    assertThat(end.get(1)).containsEntry("messageId", turn);
    assertThat(end.get(3))
        .containsEntry("text", end.get(0).getString("text"))
        .containsEntry("role", "user");
    assertThat(end.get(3).get("metadata", Document.class))
        .containsEntry("role", "external")
        .containsEntry("repeats", question)
        .containsEntry("phoneNumber", number);
    assertThat(agent.asked(conversation)).hasSize(2);
    assertThat(agent.asked(conversation).get(1).body())
        .containsEntry("parentMessageId", end.get(2).getString("messageId"))
        .containsEntry("overrideUserMessageId", end.get(3).getString("messageId"));
    given().get("/q/metrics").then().body(containsString("outcome=\"repeated\""));
  }

  @Test
  void texts_that_arrive_during_a_cut_off_answer_are_answered_in_one_chain() {
    agent.willBe(conversation, Manner.ANSWERS_LATE);
    String question = textArrives("When do you open?");
    await().atMost(SOON).until(() -> agent.generated(conversation).size() == 1);
    agent.ownerWrites(conversation, user, question, "Be brief", Manner.ANSWERS_SLOWLY);
    textArrivesLater("Hello?");
    await().atMost(SOON).until(() -> "answered".equals(state(last("Hello?"))));
    await().atMost(SOON).until(() -> !"pending".equals(state(question)));
    // Together, if the second text is stored before the first question is asked again.
    assertThat(texted()).hasSizeBetween(1, 2).noneMatch(text -> text.text().contains("No answer"));
    assertThat(branch(libreChat.lastMessage(conversation, user)))
        .extracting(message -> message.getString("messageId"))
        .contains(question, last("Hello?"));
  }

  @Test
  void where_the_owners_turn_is_not_answered_the_phone_gets_the_apology() {
    agent.willBe(conversation, Manner.ANSWERS_LATE);
    String question = textArrives("When do you open?");
    await().atMost(SOON).until(() -> agent.generated(conversation).size() == 1);
    agent.ownerWrites(conversation, user, question, "Stop", Manner.ENDS_WITHOUT_AN_ANSWER);
    await().atMost(SOON).until(() -> "dead".equals(state(question)));
    assertThat(texted()).extracting(OutgoingText::text).containsExactly("No answer today");
    assertThat(agent.asked(conversation)).hasSize(1);
  }

  @Test
  void an_owner_who_cuts_off_every_answer_leaves_the_phone_with_one_apology() {
    agent.willBe(
        conversation,
        Manner.ANSWERS_LATE,
        Manner.ANSWERS_LATE,
        Manner.ANSWERS_LATE,
        Manner.ANSWERS_LATE);
    String question = textArrives("When do you open?");
    for (int i = 1; i <= 1 + Repeats.MOST; i++) {
      int so = i;
      await().atMost(SOON).until(() -> agent.generated(conversation).size() == so);
      String asked = agent.asked(conversation).get(i - 1).question();
      agent.ownerWrites(conversation, user, asked, "Turn " + i, Manner.ANSWERS);
    }
    await().atMost(SOON).until(() -> "dead".equals(state(question)));
    assertThat(texted()).extracting(OutgoingText::text).containsExactly("No answer today");
    assertThat(agent.asked(conversation)).hasSize(1 + Repeats.MOST);
  }

  @Test
  void the_owners_streams_hear_at_once_that_an_answer_has_begun_and_ended() {
    agent.willBe(conversation, Manner.ANSWERS_SLOWLY);
    try (Browser page = Browser.open(LibreChat.token(user)).connected();
        Browser stranger = Browser.open(LibreChat.token(libreChat.user())).connected()) {
      textArrives("When do you open?");
      await().atMost(SOON).until(() -> answering(page).equals(List.of("started", "ended")));
      assertThat(page.events())
          .filteredOn(event -> "answering".equals(event.name()))
          .allMatch(event -> conversation.equals(event.json().getString("conversationId")))
          // As the format has it: an event without an id leaves the client where it was.
          .allMatch(event -> idsOfMessages(page).contains(event.id()));
      assertThat(answering(stranger)).isEmpty();
    }
  }

  @Test
  void the_answers_of_another_replica_are_heard_of_too() {
    // Another replica requests an answer: the replica holds the lease and stores its steps in the
    // collection.
    Document lease =
        new Document("_id", "reply:" + conversation)
            .append("token", "theirs")
            .append("owner", "another")
            .append("beat", 0L)
            .append("takenAt", new Date());
    String id = java.util.UUID.randomUUID().toString();
    try (Browser page = Browser.open(LibreChat.token(user)).connected()) {
      libreChat.collection("switchboard_leases").insertOne(lease);
      libreChat
          .collection("switchboard_replies")
          .insertOne(
              new Document("_id", id)
                  .append("conversationId", conversation)
                  .append("user", user)
                  .append("state", "ASKING")
                  .append("answering", true)
                  .append("wantedAt", new Date())
                  .append("dueAt", new Date())
                  .append("attempts", 0)
                  .append("round", 0));
      await().atMost(SOON).until(() -> answering(page).equals(List.of("started")));
      libreChat.collection("switchboard_replies").deleteOne(new Document("_id", id));
      await().atMost(SOON).until(() -> answering(page).equals(List.of("started", "ended")));
    } finally {
      libreChat.collection("switchboard_replies").deleteOne(new Document("_id", id));
      libreChat
          .collection("switchboard_leases")
          .deleteOne(new Document("_id", "reply:" + conversation));
    }
  }

  private static List<String> idsOfMessages(Browser page) {
    return java.util.stream.Stream.concat(page.openings().stream(), page.events().stream())
        .filter(event -> !"answering".equals(event.name()))
        .map(Browser.Event::id)
        .toList();
  }

  private static List<String> answering(Browser browser) {
    return browser.events().stream()
        .filter(event -> "answering".equals(event.name()))
        .map(event -> event.json().getString("state"))
        .toList();
  }

  private List<OutgoingText> texted() {
    return SentTexts.to(number);
  }

  /** Returns the thread from the first message to this message. */
  private List<Document> branch(Document leaf) {
    List<Document> all = libreChat.messages(conversation, user);
    java.util.LinkedList<Document> branch = new java.util.LinkedList<>();
    for (Document one = leaf; one != null; one = find(all, one.getString("parentMessageId"))) {
      branch.addFirst(one);
    }
    return branch;
  }

  private static Document find(List<Document> all, String id) {
    return all.stream()
        .filter(one -> one.getString("messageId").equals(id))
        .findFirst()
        .orElse(null);
  }

  private String last(String text) {
    return libreChat.messages(conversation, user).stream()
        .filter(one -> text.equals(one.getString("text")) && one.containsKey("metadata"))
        .map(one -> one.getString("messageId"))
        .findFirst()
        .orElse("none yet");
  }

  private static String state(String id) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .get("/api/replies/{id}", id)
        .path("state");
  }

  private String textArrives(String text) {
    return send(text).then().statusCode(201).extract().path("messageId");
  }

  private void textArrivesLater(String text) {
    send(text);
  }

  private Response send(String text) {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            new Document("role", "external")
                .append("content", text)
                .append("reply", true)
                .append("metadata", new Document("source", "sms").append("phoneNumber", number))
                .toJson())
        .post("/api/messages/{id}/external", conversation);
  }
}
