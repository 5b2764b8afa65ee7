package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.SendingSettings;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Texts to a person on WhatsApp inside and outside the 24 hours after the person's last message.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(WhatsAppWindowTest.WithTemplate.class)
class WhatsAppWindowTest {

  private static final String OURS = "whatsapp:+15557654321";
  private static final String REOPEN = "HX" + "1".repeat(32);

  /** The template of the settings has two variables. */
  public static class WithTemplate implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return SendingSettings.with(
          "switchboard.spend.person-segments-per-day",
          "1000",
          "switchboard.spend.owner-segments-per-day",
          "1000",
          "switchboard.whatsapp.reopen-template",
          REOPEN,
          "switchboard.whatsapp.reopen-variables.\"1\"",
          "{owner} / {link}",
          "switchboard.whatsapp.reopen-variables.\"2\"",
          "{text}");
    }
  }

  private static FakeTwilio twilio;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved();
    twilio.knows(
        new FakeTwilio.Template(
            REOPEN,
            "news",
            "en",
            "UTILITY",
            "approved",
            "News from {{1}}: {{2}}",
            Map.of("1", "Ann", "2", "words")));
  }

  @AfterAll
  static void hangUp() {
    twilio.close();
  }

  private final LibreChat libreChat = new LibreChat();
  private final String ann = "whatsapp:" + PhoneNumbers.next();
  private String conversation;

  @BeforeEach
  void aConversation() {
    twilio.watchesWindows("http://localhost:" + RestAssured.port);
    conversation = libreChat.conversation(libreChat.owner());
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_week_with_one_person() {
    List<String> story = new ArrayList<>();
    // Monday: nothing is known of Ann, so Twilio's answer tells that the window is closed.
    String first = send(Map.of("text", "Hello Ann"));
    awaitState(first, "held");
    story.add(told("Mon: a text to a new person", first));
    get(first)
        .then()
        .body("errorCode", equalTo(63016))
        .body("cause", containsString("waits for the person's next message"))
        .body("heldUntil", notNullValue());
    assertThat(steps(first)).containsExactly("queued", "sending", "held");
    window().body("items[0].window.open", equalTo(false));

    // Ann writes: the text goes, once.
    annWrites("Who is there?");
    awaitState(first, "delivered");
    story.add(told("Mon: Ann writes, the held text goes", first));
    window()
        .body("items[0].window.open", equalTo(true))
        .body("items[0].window.openUntil", notNullValue());
    String second = send(Map.of("text", "It is us"));
    awaitState(second, "delivered");
    story.add(told("Mon: the window is open", second));

    // Wednesday: the window is known to be closed, and nothing is tried.
    days(2);
    window().body("items[0].window.open", equalTo(false));
    String third = send(Map.of("text", "One"));
    String fourth = send(Map.of("text", "Two"));
    for (String held : List.of(third, fourth)) {
      get(held)
          .then()
          .body("status", equalTo("held"))
          .body("cause", containsString("WhatsApp's window is closed since"))
          .body("history.status", equalTo(List.of("held")));
    }
    story.add(told("Wed: the window is closed", third));
    post(Map.of("text", "Now or never", "outsideWindow", "fail"))
        .then()
        .statusCode(409)
        .body("error", containsString("not written for 24 hours"));
    story.add("Wed: outsideWindow fail            | 409 | nothing");
    String template =
        send(Map.of("text", "Your\n\torder     is here", "outsideWindow", "template"));
    awaitState(template, "delivered");
    story.add(told("Wed: outsideWindow template", template));
    FakeTwilio.Request sent = last();
    assertThat(sent.form())
        .containsEntry("ContentSid", REOPEN)
        .containsEntry(
            "ContentVariables",
            "{\"1\":\"Somebody / https://wa.me/15557654321\",\"2\":\"Your order is here\"}")
        .doesNotContainKey("Body");

    // Thursday: Ann writes, and both held texts go in their order.
    days(1);
    int before = twilio.taken(ann).size();
    annWrites("Hello again");
    awaitState(third, "delivered");
    awaitState(fourth, "delivered");
    assertThat(twilio.taken(ann).subList(before, before + 2))
        .extracting(FakeTwilio.Request::text)
        .containsExactly("One", "Two");
    story.add(told("Thu: Ann writes, held texts go", third));
    story.add(told("Thu: in their order", fourth));

    // Friday: the window closes between the request and the delivery.
    twilio.closesBefore(ann);
    String late = send(Map.of("text", "Too late", "outsideWindow", "template"));
    awaitState(late, "delivered");
    assertThat(steps(late))
        .containsExactly("queued", "sending", "held", "queued", "sending", "delivered");
    story.add(told("Fri: closed meanwhile, then template", late));
    // A template that meets 63016 itself fails: there is no further try.
    twilio.closesBefore(ann);
    String refused = send(Map.of("text", "Refused", "outsideWindow", "template"));
    awaitState(refused, "failed");
    get(refused).then().body("errorCode", equalTo(63016));
    story.add(told("Fri: the template is refused", refused));
    System.out.println("STORY\n" + String.join("\n", story) + "\nSTORY END");
    assertThat(twilio.taken(ann)).hasSize(9);
  }

  @Test
  void a_repeated_report_about_a_held_text_changes_nothing() {
    String id = send(Map.of("text", "Hello Ann"));
    awaitState(id, "held");
    String sid = last().sid();
    for (int i = 0; i < 3; i++) {
      Twilio.status(sid, "failed").error(63016).arrivesFor(id).then().statusCode(200);
    }
    annWrites("Hello");
    awaitState(id, "delivered");
    Twilio.status(sid, "failed").error(63016).arrivesFor(id);
    assertThat(steps(id))
        .containsExactly("queued", "sending", "held", "queued", "sending", "delivered");
    assertThat(twilio.taken(ann)).hasSize(2);
    // The repeated report is about the first try: the window stays open.
    window().body("items[0].window.open", equalTo(true));
    awaitState(send(Map.of("text", "Still open")), "delivered");
  }

  @Test
  void many_held_texts_go_in_the_order_in_which_they_came() {
    annWrites("Hello");
    days(2);
    List<String> words = IntStream.range(0, 230).mapToObj(i -> "Text " + i).toList();
    words.forEach(text -> send(Map.of("text", text)));
    int before = twilio.taken(ann).size();
    annWrites("I am back");
    await().until(() -> twilio.taken(ann).size() == before + words.size());
    assertThat(twilio.taken(ann).subList(before, before + words.size()))
        .extracting(FakeTwilio.Request::text)
        .isEqualTo(words);
  }

  @Test
  void a_person_who_asks_to_stop_gets_none_of_the_held_texts() {
    String id = send(Map.of("text", "Hello Ann"));
    awaitState(id, "held");
    annWrites("please stop texting me");
    window().body("items[0].window.open", equalTo(true));
    assertThat(steps(id)).containsExactly("queued", "sending", "held");
    annWrites("Sorry, I meant the others");
    awaitState(id, "delivered");
  }

  @Test
  void a_repeated_message_of_the_person_opens_no_window() {
    Twilio message = Twilio.sms("Hello").from(ann).to(OURS);
    message.arrives().then().statusCode(200);
    twilio.wrote(ann);
    days(2);
    message.arrives().then().statusCode(200);
    window().body("items[0].window.open", equalTo(false));
  }

  @Test
  void a_text_that_waits_too_long_fails() {
    annWrites("Hello");
    days(2);
    String id = send(Map.of("text", "Anybody?"));
    awaitState(id, "held");
    update(
        "switchboard_outbox",
        new Document("_id", id),
        new Document("windowUntil", new Date(0)).append("nextAttemptAt", new Date(0)));
    awaitState(id, "failed");
    get(id).then().body("cause", containsString("has not written for 7 days"));
  }

  @Test
  void a_refusal_of_the_request_itself_holds_the_text() {
    twilio.answers(
        ann, new FakeTwilio.Answer(400, "{\"code\":63016,\"message\":\"x\",\"status\":400}"));
    String id = send(Map.of("text", "Hello"));
    awaitState(id, "held");
    annWrites("Hello");
    awaitState(id, "delivered");
  }

  @Test
  void a_text_by_sms_has_no_window() {
    String bob = ann.substring(9);
    Response taken = post(Map.of("text", "Hello", "to", bob, "outsideWindow", "fail"));
    taken.then().statusCode(202);
    awaitState(taken.path("id"), "sent");
    api()
        .queryParam("phoneNumber", bob)
        .get("/api/mappings")
        .then()
        .body("items[0].window", nullValue());
  }

  @Test
  void another_word_is_refused() {
    post(Map.of("text", "Hello", "outsideWindow", "later"))
        .then()
        .statusCode(400)
        .body("error", equalTo("outsideWindow must be hold or template or fail"));
  }

  private void annWrites(String words) {
    twilio.wrote(ann);
    Twilio.sms(words).from(ann).to(OURS).arrives().then().statusCode(200);
  }

  /** Moves Twilio's clock, and what the service remembers. */
  private void days(int days) {
    twilio.later(Duration.ofDays(days));
    for (Document one :
        libreChat
            .collection("switchboard_windows")
            .find(new Document("account", ann))
            .into(new ArrayList<>())) {
      Document moved = new Document();
      for (String field : List.of("writtenAt", "refusedAt")) {
        if (one.getDate(field) != null) {
          moved.append(
              field, Date.from(one.getDate(field).toInstant().minus(Duration.ofDays(days))));
        }
      }
      update("switchboard_windows", new Document("_id", one.get("_id")), moved);
    }
  }

  private void update(String collection, Document which, Document values) {
    libreChat.collection(collection).updateOne(which, new Document("$set", values));
  }

  /** The states of a text; the report of a fast Twilio comes before the state "sent". */
  private List<String> steps(String id) {
    List<String> steps = new ArrayList<>(get(id).<List<String>>path("history.status"));
    steps.removeIf("sent"::equals);
    return steps;
  }

  private FakeTwilio.Request last() {
    List<FakeTwilio.Request> all = twilio.taken(ann);
    return all.get(all.size() - 1);
  }

  private String told(String what, String id) {
    Response text = get(id);
    List<String> got =
        twilio.taken(ann).stream()
            .filter(request -> request.form().getOrDefault("StatusCallback", "").endsWith("=" + id))
            .map(
                request ->
                    request.form().containsKey("ContentSid")
                        ? "template " + request.form().get("ContentVariables")
                        : "free \"" + request.text() + "\"")
            .toList();
    return "%-36s | %-9s | %s"
        .formatted(
            what, text.<String>path("status"), got.isEmpty() ? "nothing" : String.join(", ", got));
  }

  private io.restassured.response.ValidatableResponse window() {
    return api().queryParam("phoneNumber", ann).get("/api/mappings").then().statusCode(200);
  }

  private String send(Map<String, Object> fields) {
    Response taken = post(fields);
    taken.then().statusCode(202);
    return taken.path("id");
  }

  private Response post(Map<String, ?> fields) {
    Map<String, Object> body = new HashMap<>(fields);
    body.putIfAbsent("to", ann);
    body.put("conversationId", conversation);
    return api().contentType(ContentType.JSON).body(body).post("/api/sms");
  }

  private Response get(String id) {
    return api().get("/api/sms/" + id);
  }

  private void awaitState(String id, String state) {
    await().untilAsserted(() -> get(id).then().body("status", equalTo(state)));
  }

  private static RequestSpecification api() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
