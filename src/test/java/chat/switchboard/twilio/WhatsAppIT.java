package chat.switchboard.twilio;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Some days with one person on WhatsApp, at the packaged service, with fakes of Twilio and
 * LibreChat. The story is written to {@code target/whatsapp.txt}.
 */
class WhatsAppIT {

  private static final String OURS = "whatsapp:+15557654321";
  private static final String ANN = "whatsapp:+15551230001";
  private static final String REOPEN = "HX" + "1".repeat(32);
  private static final String ORDER = "HX" + "2".repeat(32);

  private static DatabaseForReplicas database;
  private static FakeTwilio twilio;
  private static FakeLibreChat agent;
  private static Replica replica;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    database = new DatabaseForReplicas();
    agent = new FakeLibreChat(0);
    twilio = FakeTwilio.start();
    twilio.knows(template(REOPEN, "news", "News from {{1}}: {{2}}", "2"));
    twilio.knows(template(ORDER, "order", "Order {{1}} comes {{2}}.", "2"));
    replica =
        Replica.start(
                database.uri(),
                "-Dswitchboard.twilio.api-url=" + twilio.url(),
                "-Dswitchboard.twilio.from=" + OURS.substring("whatsapp:".length()),
                "-Dswitchboard.librechat-url=" + agent.url(),
                "-Dswitchboard.replies.auto=true",
                "-Dswitchboard.replies.debounce=200ms",
                "-Dswitchboard.notices.new-conversation=",
                "-Dswitchboard.quiet-hours=",
                "-Dswitchboard.outbox.segments-per-second=200",
                "-Dswitchboard.whatsapp.typing=true",
                "-Dswitchboard.whatsapp.reopen-template=" + REOPEN,
                "-Dswitchboard.whatsapp.reopen-variables.\"1\"={owner}",
                "-Dswitchboard.whatsapp.reopen-variables.\"2\"={text}")
            .ready();
    twilio.watchesWindows(replica.url(""));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable started : new AutoCloseable[] {replica, twilio, agent, database}) {
      if (started != null) {
        started.close();
      }
    }
  }

  private final List<String> story = new ArrayList<>();
  private String conversation;

  @Test
  void a_conversation_on_whatsapp() throws IOException {
    try {
      map(ANN);

      // A text to a person who has not written: WhatsApp refuses, the text waits.
      String first = send(Map.of("text", "**Hello** Ann", "format", "markdown"));
      awaitState(first, "held");
      told("An API call", "text to a new person", first);

      // Ann writes: the text goes; the agent answers with choices, which are buttons.
      agentSays("Do you come *today*?\n\n```choices\nToday\nTomorrow\n```");
      String sid = annWrites("Who is *this*?", "ProfileName", "Ann Lee");
      awaitState(first, "delivered");
      told("Twilio", "the held text after Ann's message", first);
      assertThat(said("Who is **this**?")).isNotNull();
      await().until(() -> twilio.typing().contains(sid));
      story.add("Twilio: typing indicator below Ann's message");
      await().until(() -> content() != null);
      story.add("Twilio: buttons " + content());
      assertThat(content()).contains("Do you come _today_?", "\"title\":\"Tomorrow\"");
      mapping()
          .body("items[0].label", equalTo("Ann Lee"))
          .body("items[0].window.open", equalTo(true));

      // Ann taps a button, as a reply to the question.
      agentSays("See you");
      String question = last().sid();
      annWrites(
          "Tomorrow",
          "ButtonText",
          "Tomorrow",
          "ButtonPayload",
          "choice-2",
          "OriginalRepliedMessageSid",
          question);

      Document tapped = said("> Do you come _today_?\n\nTomorrow");
      story.add("LibreChat: " + tapped.getString("text").replace("\n", " ⏎ "));
      await().until(() -> "See you".equals(last().text()));

      // Ann reads the answer, and reacts.
      String answer =
          api()
              .get("/api/sms?conversationId=" + conversation)
              .then()
              .statusCode(200)
              .extract()
              .path("items[0].id");
      Twilio.status(last().sid(), "read")
          .signedFor(last().form().get("StatusCallback"))
          .arrivesAt(given().baseUri(replica.url("")), "/api/twilio/status?id=" + answer);
      awaitState(answer, "read");
      told("Twilio", "Ann reads the answer", answer);
      agentSays("Glad to hear");
      annWrites("👍🏽", "MessageType", "reaction");
      said("[reaction: 👍🏽]");
      story.add("LibreChat: [reaction: 👍🏽]");

      annWrites("", "MessageType", "deleted");
      said("[message deleted]");
      story.add("LibreChat: [message deleted]");

      // Two days later the window is closed.
      String open = tool("people_here");
      story.add("The agent, people_here: " + open);
      assertThat(open).contains("free texts arrive until").doesNotContain("closed");
      days(2);
      mapping().body("items[0].window.open", equalTo(false));
      String closed = tool("people_here");
      story.add("The agent, people_here: " + closed);
      assertThat(closed).contains("window is closed since");
      Response refused = post(Map.of("text", "Now or never", "outsideWindow", "fail"));
      refused.then().statusCode(409);
      story.add("An API call, outsideWindow fail: 409 " + refused.path("error"));
      String held = send(Map.of("text", "One"));
      awaitState(held, "held");
      told("An API call", "outsideWindow hold", held);
      String reopened = send(Map.of("text", "Your parcel is here", "outsideWindow", "template"));
      awaitState(reopened, "delivered");
      told("An API call", "outsideWindow template", reopened);
      assertThat(last().form()).containsEntry("ContentSid", REOPEN).doesNotContainKey("Body");

      // A template of the caller's own.
      api()
          .get("/api/templates")
          .then()
          .statusCode(200)
          .body(
              "items.find { it.contentSid == '%s' }.approval".formatted(ORDER),
              equalTo("approved"));
      post(Map.of("template", Map.of("contentSid", ORDER, "variables", Map.of("1", "17"))))
          .then()
          .statusCode(400);
      String order =
          send(
              Map.of(
                  "template",
                  Map.of("contentSid", ORDER, "variables", Map.of("1", "17", "2", "today"))));
      awaitState(order, "delivered");
      told("An API call", "template with variables", order);
      assertThat(said("Order 17 comes today.")).isNotNull();

      // Ann writes again: the held text goes once.
      agentSays("Welcome back");
      annWrites("I am back");
      awaitState(held, "delivered");
      told("Twilio", "the held text", held);
      assertThat(twilio.taken(ANN)).extracting(FakeTwilio.Request::text).containsOnlyOnce("One");
    } finally {
      Files.write(Path.of("target", "whatsapp.txt"), story);
      story.forEach(System.out::println);
    }
    assertThat(replica.log()).doesNotContain("+15551230001");
  }

  @Test
  void an_sms_gets_numbers_and_the_number_is_the_choice() {
    String bob = "+15551230002";
    map(bob);
    agentSays("**When?**\n\n```choices\nToday\nTomorrow\n```");
    sms(bob, "Are you open?");
    await().until(() -> !twilio.taken(bob).isEmpty());
    assertThat(twilio.taken(bob).get(0).text()).isEqualTo("When?\n\n1. Today\n2. Tomorrow");
    agentSays("See you");
    sms(bob, "2");
    assertThat(said("Tomorrow").get("metadata", Document.class).get("choice"))
        .isEqualTo(new Document("typed", "2").append("title", "Tomorrow"));
    await().until(() -> twilio.taken(bob).size() == 2);
    assertThat(twilio.taken(bob).get(1).text()).isEqualTo("See you");
  }

  @Test
  void lists_long_texts_edits_and_a_refused_typing_indicator() {
    String cara = "whatsapp:+15551230003";
    map(cara);
    twilio.typingMood(FakeTwilio.Mood.NO_NUMBER);
    try {
      agentSays("*Which* day?\n\n```choices\nMon\nTue\nWed\nThu\n```");
      String sid = writes(cara, OURS, "Hello");
      await().until(() -> content(cara) != null);
      assertThat(content(cara))
          .contains("\"twilio/list-picker\"", "_Which_ day?", "\"item\":\"Thu\"");
      // The indicator was refused, and the answer went.
      assertThat(twilio.typing()).doesNotContain(sid);
    } finally {
      twilio.typingMood(FakeTwilio.Mood.TAKES);
    }
    agentSays("Noted");
    writes(cara, OURS, "Thu", "ListTitle", "Thu", "ListId", "choice-4");
    assertThat(said("Thu").get("metadata", Document.class).toJson()).contains("choice-4");
    await().until(() -> "Noted".equals(last(cara).text()));
    agentSays("Fine");
    writes(cara, OURS, "*So*", "MessageType", "edited");
    assertThat(said("[message edited]\n**So**")).isNotNull();
    await().until(() -> "Fine".equals(last(cara).text()));
    int before = twilio.taken(cara).size();
    api()
        .body(Map.of("to", cara, "conversationId", conversation, "text", "ж".repeat(4_096)))
        .post("/api/sms")
        .then()
        .statusCode(202);
    await().until(() -> twilio.taken(cara).size() == before + 1);
    assertThat(last(cara).text()).isEqualTo("ж".repeat(4_096));
    api()
        .body(Map.of("to", cara, "conversationId", conversation, "text", "ж".repeat(4_097)))
        .post("/api/sms")
        .then()
        .statusCode(202);
    await().until(() -> twilio.taken(cara).size() == before + 3);
    assertThat(twilio.taken(cara).subList(before + 1, before + 3))
        .extracting(request -> request.text().length())
        .allMatch(length -> length <= 4_096);
  }

  @Test
  void a_person_on_rcs_gets_buttons_and_the_suggestion_is_the_answer() {
    String dan = "rcs:+15551230004";
    map(dan);
    agentSays("When?\n\n```choices\nToday\nTomorrow\n```");
    writes(dan, "rcs:our_agent", "Are you open?");
    await().until(() -> content(dan) != null);
    assertThat(content(dan)).contains("\"twilio/quick-reply\"", "\"title\":\"Tomorrow\"");
    assertThat(last(dan).form()).containsEntry("From", "rcs:our_agent");
    agentSays("See you");
    writes(dan, "rcs:our_agent", "Tomorrow", "ButtonText", "Tomorrow", "ButtonPayload", "choice-2");
    assertThat(said("Tomorrow").get("metadata", Document.class).toJson()).contains("choice-2");
    await().until(() -> "See you".equals(last(dan).text()));
  }

  private void map(String person) {
    conversation = database.libreChat.conversation(database.owner);
    api()
        .body(Map.of("phoneNumber", person, "conversationId", conversation))
        .post("/api/mappings")
        .then()
        .statusCode(201);
  }

  private static void sms(String from, String words) {
    Twilio.sms(words)
        .from(from)
        .to(OURS.substring("whatsapp:".length()))
        .arrivesAt(given().baseUri(replica.url("")), Twilio.WEBHOOK)
        .then()
        .statusCode(200);
  }

  /** The words of a tool, as LibreChat calls tools for the agent of a conversation. */
  private String tool(String name) {
    return api()
        .header("Accept", "application/json, text/event-stream")
        .header("X-LibreChat-User", database.owner)
        .header("X-LibreChat-Conversation", conversation)
        .body(
            Map.of(
                "jsonrpc",
                "2.0",
                "id",
                1,
                "method",
                "tools/call",
                "params",
                Map.of("name", name, "arguments", Map.of())))
        .post("/mcp")
        .then()
        .statusCode(200)
        .extract()
        .path("result.content[0].text");
  }

  private static FakeTwilio.Template template(String sid, String name, String body, String last) {
    return new FakeTwilio.Template(
        sid, name, "en", "UTILITY", "approved", body, Map.of("1", "first", last, "second"));
  }

  private void agentSays(String words) {
    Document part = new Document("type", "text").append("text", words);
    agent.answersWith(conversation, new Document("content", List.of(part)));
  }

  private static String annWrites(String words, String... more) {
    return writes(ANN, OURS, words, more);
  }

  private static String writes(String person, String ours, String words, String... more) {
    twilio.wrote(person);
    String sid = Twilio.newSid();
    Twilio message = Twilio.sms(words).from(person).to(ours).sid(sid);
    for (int i = 0; i < more.length; i += 2) {
      message.with(more[i], more[i + 1]);
    }
    message.arrivesAt(given().baseUri(replica.url("")), Twilio.WEBHOOK).then().statusCode(200);
    return sid;
  }

  /** Moves Twilio's clock, and the time of Ann's last message. */
  private static void days(int days) {
    twilio.later(Duration.ofDays(days));
    for (Document one :
        database
            .libreChat
            .collection("switchboard_windows")
            .find(new Document("account", ANN))
            .into(new ArrayList<>())) {
      Date earlier = Date.from(one.getDate("writtenAt").toInstant().minus(Duration.ofDays(days)));
      database
          .libreChat
          .collection("switchboard_windows")
          .updateOne(
              new Document("_id", one.get("_id")),
              new Document("$set", new Document("writtenAt", earlier)));
    }
  }

  /** The message with this text in LibreChat. */
  private Document said(String text) {
    return await()
        .until(
            () ->
                database.libreChat.messages(conversation, database.owner).stream()
                    .filter(message -> text.equals(message.getString("text")))
                    .findFirst()
                    .orElse(null),
            found -> found != null);
  }

  /** The buttons of the last text with a content; null if there are none yet. */
  private static String content() {
    return content(ANN);
  }

  private static String content(String person) {
    return twilio.taken(person).stream()
        .map(request -> twilio.contents().get(request.form().getOrDefault("ContentSid", "")))
        .filter(content -> content != null)
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  private static FakeTwilio.Request last() {
    return last(ANN);
  }

  private static FakeTwilio.Request last(String person) {
    List<FakeTwilio.Request> all = twilio.taken(person);
    return all.get(all.size() - 1);
  }

  private void told(String who, String what, String id) {
    List<String> got =
        twilio.taken(ANN).stream()
            .filter(request -> request.form().getOrDefault("StatusCallback", "").endsWith("=" + id))
            .map(
                request ->
                    request.form().containsKey("ContentSid")
                        ? "template " + request.form().get("ContentVariables")
                        : "\"" + request.text() + "\"")
            .toList();
    String state = api().get("/api/sms/" + id).path("status");
    story.add("%s: %s → %s; Twilio got %s".formatted(who, what, state, got));
  }

  private String send(Map<String, Object> fields) {
    return post(fields).then().statusCode(202).extract().path("id");
  }

  private Response post(Map<String, ?> fields) {
    Map<String, Object> body = new HashMap<>(fields);
    body.put("to", ANN);
    body.put("conversationId", conversation);
    return api().body(body).post("/api/sms");
  }

  private static void awaitState(String id, String state) {
    await().untilAsserted(() -> api().get("/api/sms/" + id).then().body("status", equalTo(state)));
  }

  private static io.restassured.response.ValidatableResponse mapping() {
    return api().queryParam("phoneNumber", ANN).get("/api/mappings").then().statusCode(200);
  }

  private static RequestSpecification api() {
    return given()
        .baseUri(replica.url(""))
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON);
  }
}
