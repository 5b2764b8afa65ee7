package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages by templates of Twilio's Content API. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(WhatsAppWindowTest.WithTemplate.class)
class WhatsAppTemplatesTest {

  private static final String OURS = "whatsapp:+15557654321";
  private static final String ORDER = "HX" + "a".repeat(32);
  private static final String DRAFT = "HX" + "b".repeat(32);
  private static final String CARD = "HX" + "c".repeat(32);

  private static FakeTwilio twilio;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved();
    twilio.knows(
        new FakeTwilio.Template(
            ORDER,
            "order",
            "en",
            "UTILITY",
            "approved",
            "Order {{1}} of {{name}} is ready.",
            Map.of("1", "17", "name", "Ann")));
    twilio.knows(
        new FakeTwilio.Template(DRAFT, "draft", "de", "MARKETING", "pending", "Hallo", Map.of()));
    twilio.knows(
        new FakeTwilio.Template(CARD, "plain", "en", "UTILITY", "approved", "Hello", Map.of()));
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
  void the_templates_are_listed_from_all_pages_and_kept() {
    Response listed = api().get("/api/templates");
    listed
        .then()
        .statusCode(200)
        .body("items.contentSid", hasItems(ORDER, DRAFT, CARD))
        .body("items.find { it.name == 'order' }.approval", equalTo("approved"))
        .body("items.find { it.name == 'order' }.category", equalTo("UTILITY"))
        .body("items.find { it.name == 'order' }.variables.name", equalTo("Ann"))
        .body("items.find { it.name == 'order' }.body", containsString("{{1}}"))
        .body("items.find { it.name == 'draft' }.approval", equalTo("pending"))
        .body("stale", equalTo(false));
    int read = twilio.pagesRead();
    api().get("/switchboard/api/templates").then().statusCode(200);
    assertThat(twilio.pagesRead()).isEqualTo(read);
    given().get("/api/templates").then().statusCode(401);
  }

  @Test
  void a_template_goes_outside_the_window_and_its_words_stand_in_the_conversation() {
    String key = "order-" + ann.substring(10);
    Response taken = send(ORDER, Map.of("1", "א-17", "name", "Zoë"), key);
    taken.then().statusCode(202);
    String id = taken.path("id");
    awaitState(id, "delivered");
    assertThat(twilio.taken(ann)).hasSize(1);
    assertThat(twilio.taken(ann).get(0).form())
        .containsEntry("ContentSid", ORDER)
        .containsEntry("ContentVariables", "{\"1\":\"א-17\",\"name\":\"Zoë\"}")
        .doesNotContainKey("Body");
    get(id)
        .then()
        .body("text", equalTo("Order א-17 of Zoë is ready."))
        .body("template.contentSid", equalTo(ORDER))
        .body("template.variables.name", equalTo("Zoë"));
    await()
        .untilAsserted(
            () -> {
              Document shown = libreChat.lastMessage(conversation, libreChat.owner());
              assertThat(shown.getString("text")).contains("Order א-17 of Zoë is ready.");
              assertThat(shown.getEmbedded(List.of("metadata", "template", "contentSid"), ""))
                  .isEqualTo(ORDER);
            });
    // A repeated request adds nothing.
    send(ORDER, Map.of("1", "א-17", "name", "Zoë"), key)
        .then()
        .statusCode(202)
        .body("id", equalTo(id));
    assertThat(libreChat.messages(conversation, libreChat.owner()))
        .filteredOn(message -> String.valueOf(message.getString("text")).contains("א-17"))
        .hasSize(1);
    assertThat(twilio.taken(ann)).hasSize(1);
  }

  @Test
  void a_template_that_is_not_approved_goes_inside_the_window_alone() {
    Twilio.sms("Hello").from(ann).to(OURS).arrives().then().statusCode(200);
    twilio.wrote(ann);
    Response taken = send(DRAFT, Map.of());
    taken.then().statusCode(202);
    libreChat
        .collection("switchboard_windows")
        .updateMany(
            new Document("account", ann),
            new Document("$set", new Document("writtenAt", new Date(0))));
    send(DRAFT, Map.of())
        .then()
        .statusCode(409)
        .body("error", containsString("not approved: pending"));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{'1':'17'} | lacks the variable name",
        "{'1':'17','name':'Ann','x':'y'} | no variable with the name x",
        "{'1':17,'name':'Ann'} | template.variables.1 must be a text",
        "{'1':'','name':'Ann'} | template.variables.1 is empty",
        "{'1':'a\\nb','name':'Ann'} | template.variables.1 is empty, or has a line end",
        "null | template.variables must be an object",
        "{'1':null,'name':'Ann'} | template.variables.1 must be a text",
        "[] | template.variables must be an object"
      })
  void variables_that_do_not_fit_are_refused(String variables, String error) {
    post(body(
            "{\"contentSid\":\""
                + ORDER
                + "\",\"variables\":"
                + variables.replace('\'', '"')
                + "}"))
        .then()
        .statusCode(400)
        .body("error", containsString(error));
    assertThat(twilio.requests(ann)).isEmpty();
  }

  @Test
  void a_template_has_limits() {
    post(body("{\"contentSid\":\"HX12\"}"))
        .then()
        .statusCode(400)
        .body("error", equalTo("template.contentSid must be HX and 32 hexadecimal digits"));
    send("HX" + "f".repeat(32), Map.of())
        .then()
        .statusCode(400)
        .body("error", containsString("no template with this SID"));
    send(ORDER, IntStream.range(0, 101).boxed().collect(Collectors.toMap(i -> "v" + i, i -> "x")))
        .then()
        .statusCode(400)
        .body("error", containsString("more than 100"));
    send(ORDER, Map.of("1", "😀".repeat(1_601), "name", "Ann"))
        .then()
        .statusCode(400)
        .body("error", containsString("longer than 1600"));
    send(ORDER, Map.of("1", "😀".repeat(1_600), "name", "Ann")).then().statusCode(202);
    api()
        .contentType(ContentType.JSON)
        .body(
            Map.of(
                "to",
                ann,
                "conversationId",
                conversation,
                "includeCode",
                true,
                "template",
                Map.of("contentSid", CARD)))
        .post("/api/sms")
        .then()
        .statusCode(400)
        .body("error", containsString("without includeCode"));
  }

  @Test
  void a_free_text_has_no_template() {
    Twilio.sms("Hello").from(ann).to(OURS).arrives();
    twilio.wrote(ann);
    Response taken =
        api()
            .contentType(ContentType.JSON)
            .body(Map.of("to", ann, "conversationId", conversation, "text", "Hi"))
            .post("/api/sms");
    get(taken.path("id")).then().body("template", nullValue());
  }

  private String body(String template) {
    return "{\"to\":\""
        + ann
        + "\",\"conversationId\":\""
        + conversation
        + "\",\"template\":"
        + template
        + "}";
  }

  private Response send(String sid, Map<String, String> variables) {
    return send(sid, variables, "");
  }

  private Response send(String sid, Map<String, String> variables, String key) {
    Map<String, Object> body = new HashMap<>();
    body.put("to", ann);
    body.put("conversationId", conversation);
    body.put("template", Map.of("contentSid", sid, "variables", variables));
    RequestSpecification request = api().contentType(ContentType.JSON).body(body);
    return (key.isEmpty() ? request : request.header("Idempotency-Key", key)).post("/api/sms");
  }

  private Response post(String body) {
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
