package chat.switchboard.twilio;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.SendingSettings;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A conversation with a person on WhatsApp, through the doors, with a fake Twilio. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(WhatsAppConversationTest.OnWhatsApp.class)
class WhatsAppConversationTest {

  private static final String OURS = "whatsapp:+15557654321";

  /** All settings for sending. */
  public static class OnWhatsApp implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return SendingSettings.with(
          "switchboard.outbox.callback-timeout", "1h",
          "switchboard.notices.new-conversation", "");
    }
  }

  private static FakeTwilio twilio;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved();
  }

  @AfterAll
  static void hangUp() {
    twilio.close();
  }

  private final LibreChat libreChat = new LibreChat();
  private String person =
      "whatsapp:+1202555" + (1_000 + ThreadLocalRandom.current().nextInt(8_999));
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    user = libreChat.owner();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void an_agents_format_reaches_whatsapp_in_its_own_form() {
    write("Hi");
    send("**Hello**, see [us](https://example.com)", Map.of("format", "markdown"));
    assertThat(delivered().text()).isEqualTo("*Hello*, see us (https://example.com)");
  }

  @Test
  void the_answer_to_a_text_of_ours_quotes_its_first_line() {
    write("Hi");
    send("Shall we meet *today*?\nAt 9", Map.of());
    write("Yes", "OriginalRepliedMessageSid", delivered().sid());
    Document message = message(1);
    assertThat(message.getString("text")).isEqualTo("> Shall we meet **today**?\n\nYes");
    assertThat(message.get("metadata", Document.class).get("repliedTo", Document.class))
        .containsEntry("quote", "Shall we meet **today**?");
  }

  @Test
  void the_answer_to_an_earlier_text_of_the_person_quotes_that_text() {
    String first = write("My *first* ![x](https://evil.example/x.png) text");
    write("That one", "OriginalRepliedMessageSid", first);
    write(
        "And this",
        "OriginalRepliedMessageSid",
        message(1).get("metadata", Document.class).getString("messageSid"));
    assertThat(message(1).getString("text"))
        .isEqualTo("> My **first** \\![x]\\(https://evil.example/x.png) text\n\nThat one");
    assertThat(message(2).getString("text")).isEqualTo("> That one\n\nAnd this");
  }

  @Test
  void an_unknown_message_and_a_message_of_somebody_else_are_not_quoted() {
    write("Hi");
    write("What?", "OriginalRepliedMessageSid", Twilio.newSid());
    assertThat(message(1).getString("text")).isEqualTo("What?");
    String other = Twilio.newSid();
    Twilio.sms("My secret").from("whatsapp:+12025550000").to(OURS).sid(other).arrives();
    write("Tell", "OriginalRepliedMessageSid", other);
    assertThat(message(2).getString("text")).isEqualTo("Tell");
  }

  @Test
  void the_name_on_whatsapp_is_the_label_until_there_is_one() {
    write("Hi", "ProfileName", "Ann\u202E\n" + "a".repeat(500));
    await()
        .untilAsserted(
            () ->
                api()
                    .get("/api/mappings?conversationId=" + conversation)
                    .then()
                    .statusCode(200)
                    .body("items[0].label", equalTo("Ann " + "a".repeat(55) + "…")));
    api()
        .body(Map.of("phoneNumber", person, "conversationId", conversation, "label", "Mrs Lee"))
        .post("/api/mappings")
        .then()
        .statusCode(201);
    write("Hi", "ProfileName", "Somebody else");
    message(1);
    api()
        .get("/api/mappings?conversationId=" + conversation)
        .then()
        .body("items[0].label", equalTo("Mrs Lee"));
  }

  @Test
  void a_text_that_was_read_stays_read_whatever_arrives_later() {
    write("Hi");
    String id = send("Hello", Map.of());
    String sid = delivered().sid();
    for (String status : List.of("delivered", "read", "sent", "delivered", "undelivered", "read")) {
      Twilio.status(sid, status).arrivesFor(id).then().statusCode(200);
    }
    assertThat(api().get("/api/sms/" + id).jsonPath().getList("history.status"))
        .endsWith("sent", "delivered", "read");
    api()
        .get("/api/sms?state=read&conversationId=" + conversation)
        .then()
        .body("items[0].id", equalTo(id));
  }

  @Test
  void read_may_arrive_before_delivered() {
    write("Hi");
    String id = send("Hello", Map.of());
    Twilio.status(delivered().sid(), "read").arrivesFor(id).then().statusCode(200);
    Twilio.status(delivered().sid(), "delivered").arrivesFor(id).then().statusCode(200);
    api().get("/api/sms/" + id).then().body("status", equalTo("read"));
  }

  private static final String QUESTION = "**When?**\n\n```choices\nToday\nTomorrow\n```";

  @Test
  void choices_are_buttons_and_the_chosen_title_is_the_answer() {
    write("Hi");
    send(QUESTION, Map.of("format", "markdown"));
    FakeTwilio.Request request = delivered();
    assertThat(request.form()).doesNotContainKey("Body");
    String content = twilio.contents().get(request.form().get("ContentSid"));
    assertThat(content)
        .contains("\"twilio/quick-reply\":{\"body\":\"*When?*\"")
        .contains("\"title\":\"Tomorrow\"");
    write("Tomorrow", "ButtonText", "Tomorrow", "ButtonPayload", "choice-2");
    assertThat(message(1).getString("text")).isEqualTo("Tomorrow");
    send(QUESTION, Map.of("format", "markdown"));
    await().until(() -> twilio.taken(person).size() == 2);
    assertThat(twilio.taken(person).get(1).form().get("ContentSid"))
        .isEqualTo(request.form().get("ContentSid"));
  }

  @Test
  void more_than_three_choices_are_a_list() {
    write("Hi");
    send("Which?\n```choices\na\nb\nc\nd\n```", Map.of("format", "markdown"));
    String sid = delivered().form().get("ContentSid");
    assertThat(twilio.contents().get(sid))
        .contains("\"twilio/list-picker\"")
        .contains("\"button\":\"Choose\"");
  }

  @Test
  void without_the_content_api_the_choices_are_numbered() {
    write("Hi");
    twilio.contentStatus(500);
    try {
      send(QUESTION.replace("Today", "Now"), Map.of("format", "markdown"));
      assertThat(delivered().text()).isEqualTo("*When?*\n\n1. Now\n2. Tomorrow");
    } finally {
      twilio.contentStatus(201);
    }
  }

  @Test
  void a_content_that_twilio_does_not_know_any_more_goes_as_text() {
    write("Hi");
    String question = QUESTION.replace("Today", "Soon");
    send(question, Map.of("format", "markdown"));
    delivered();
    twilio.forgetsContents();
    send(question, Map.of("format", "markdown"));
    await().until(() -> twilio.taken(person).size() == 2);
    assertThat(twilio.taken(person).get(1).text()).isEqualTo("*When?*\n\n1. Soon\n2. Tomorrow");
  }

  @Test
  void the_number_of_an_sms_comes_back_as_the_choice_once() {
    person = person.substring("whatsapp:".length());
    write("Hi");
    send(QUESTION, Map.of("format", "markdown"));
    assertThat(delivered().text()).isEqualTo("When?\n\n1. Today\n2. Tomorrow");
    write("２）");
    write("2");
    assertThat(message(1).getString("text")).isEqualTo("Tomorrow");
    assertThat(message(1).get("metadata", Document.class).get("choice"))
        .isEqualTo(new Document("typed", "２）").append("title", "Tomorrow"));
    assertThat(message(2).getString("text")).isEqualTo("2");
  }

  @Test
  void a_number_without_such_a_choice_is_a_number() {
    person = person.substring("whatsapp:".length());
    write("Hi");
    send(QUESTION, Map.of("format", "markdown"));
    delivered();
    write("3");
    assertThat(message(1).getString("text")).isEqualTo("3");
  }

  /** The person writes; returns the SID. */
  private String write(String body, String... more) {
    map();
    String sid = Twilio.newSid();
    Twilio text =
        Twilio.sms(body)
            .from(person)
            .to(person.startsWith("whatsapp:") ? OURS : OURS.substring(9))
            .sid(sid);
    for (int i = 0; i < more.length; i += 2) {
      text.with(more[i], more[i + 1]);
    }
    text.arrives().then().statusCode(200);
    return sid;
  }

  private boolean mapped;

  private void map() {
    if (!mapped) {
      mapped = true;
      api()
          .body(Map.of("phoneNumber", person, "conversationId", conversation))
          .post("/api/mappings")
          .then()
          .statusCode(201);
    }
  }

  private String send(String text, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("to", person);
    body.put("conversationId", conversation);
    body.put("text", text);
    return api().body(body).post("/api/sms").then().statusCode(202).extract().path("id");
  }

  private FakeTwilio.Request delivered() {
    await()
        .until(
            () ->
                List.of("sent", "read")
                    .contains(
                        String.valueOf(
                            api()
                                .get("/api/sms?conversationId=" + conversation)
                                .<Object>path("items[0].status"))));
    List<FakeTwilio.Request> taken = twilio.taken(person);
    return taken.get(taken.size() - 1);
  }

  private Document message(int index) {
    await().until(() -> ofPerson().size() > index);
    return ofPerson().get(index);
  }

  private List<Document> ofPerson() {
    return libreChat.messages(conversation, user).stream()
        .filter(message -> message.get("metadata") instanceof Document)
        .filter(message -> message.get("metadata", Document.class).containsKey("messageSid"))
        .toList();
  }

  private static RequestSpecification api() {
    return given().header("X-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON);
  }
}
