package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.mongodb.client.model.Filters;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The doors of the page on which users link their phones. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class PhonePageDoorTest {

  private static final String PHONES = "/switchboard/phone/phones";
  private static final String CODES = "/switchboard/phone/codes";

  private LibreChat libreChat;
  private String ann;
  private String bob;
  private String phone;

  @BeforeEach
  void twoUsers() {
    libreChat = new LibreChat();
    ann = libreChat.user();
    bob = libreChat.user();
    phone = PhoneNumbers.next();
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  private static RequestSpecification as(String user) {
    return given()
        .header("Authorization", "Bearer " + LibreChat.token(user))
        .contentType(ContentType.JSON);
  }

  private String linked() {
    String code =
        as(ann)
            .post(CODES)
            .then()
            .statusCode(201)
            .header("Cache-Control", "no-store")
            .body("code", matchesPattern("[A-Z2-9]{4}-[A-Z2-9]{4}"))
            .extract()
            .path("code");
    Twilio.sms(code).from(phone).arrives();
    return as(ann).get(PHONES).then().body("phones", hasSize(1)).extract().path("phones[0].id");
  }

  @Test
  void a_user_links_sees_and_unlinks_a_phone_with_the_token_of_the_page() {
    as(ann).get(PHONES).then().statusCode(200).body("phones", empty());
    String id = linked();
    as(ann).get(PHONES).then().body("phones[0].phoneNumber", equalTo(phone));
    as(bob).get(PHONES).then().body("phones", empty());
    as(bob).delete(PHONES + "/" + id).then().statusCode(404);
    as(ann).delete(PHONES + "/" + id).then().statusCode(204);
    as(ann).delete(PHONES + "/" + id).then().statusCode(404);
    as(ann).get(PHONES).then().body("phones", empty());
  }

  @Test
  void texts_open_conversations_with_the_agent_that_the_user_chose() {
    libreChat.conversation(ann);
    String id = linked();
    as(bob).body("{\"endpoint\":\"openAI\"}").put(PHONES + "/" + id).then().statusCode(404);
    as(ann)
        .body("{\"endpoint\":\"agents\",\"agentId\":\"agent_texts\"}")
        .put(PHONES + "/" + id)
        .then()
        .statusCode(204);
    as(ann)
        .get(PHONES)
        .then()
        .body("phones[0].endpoint", equalTo("agents"))
        .body("phones[0].agentId", equalTo("agent_texts"))
        .body("phones[0].model", nullValue());
    as(ann).body("{\"endpoint\":\"\"}").put(PHONES + "/" + id).then().statusCode(204);
    as(ann).get(PHONES).then().body("phones[0].endpoint", nullValue());
    as(ann)
        .body("{\"endpoint\":\"agents\",\"agentId\":\"agent_texts\"}")
        .put(PHONES + "/" + id)
        .then()
        .statusCode(204);
    Twilio.sms("Hello").from(phone).arrives();
    Document opened =
        libreChat
            .collection("conversations")
            .find(Filters.and(Filters.eq("user", ann), Filters.eq("endpoint", "agents")))
            .first();
    assertThat(opened.getString("agent_id")).isEqualTo("agent_texts");
  }

  @Test
  void without_a_choice_texts_open_conversations_like_the_users_newest() {
    libreChat.conversation(
        ann, new Document("endpoint", "anthropic").append("model", "claude-for-ann"));
    linked();
    Twilio.sms("Hello").from(phone).arrives();
    List<Document> all =
        libreChat
            .collection("conversations")
            .find(Filters.and(Filters.eq("user", ann), Filters.eq("model", "claude-for-ann")))
            .into(new java.util.ArrayList<>());
    assertThat(all).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"model\":\"gpt\"}",
        "{\"endpoint\":\"\",\"model\":\"gpt\"}",
        "{\"endpoint\":\"agents\"}",
        "{\"endpoint\":\"openAI\",\"agentId\":\"agent_1\"}",
        "{\"endpoint\":\"open\\nAI\"}",
        "{\"endpoint\":\"openAI\\ud800\"}",
        "{\"endpoint\":\"openAI\",\"model\":\"\\udc00gpt\"}",
        "{\"endpoint\":1}",
        "[]",
        ""
      })
  void a_choice_that_no_conversation_can_have_is_refused(String body) {
    String id = linked();
    as(ann).body(body).put(PHONES + "/" + id).then().statusCode(400);
  }

  @Test
  void every_bad_token_gets_the_same_401() {
    List<String> tokens =
        List.of(
            "",
            "Bearer",
            "Bearer x.y.z",
            "Basic " + LibreChat.token(ann),
            "Bearer " + LibreChat.token(ann, Duration.ofSeconds(-1)),
            "Bearer " + LibreChat.token("0123456789abcdef01234567"));
    for (String token : tokens) {
      given().header("Authorization", token).get(PHONES).then().statusCode(401);
    }
    given().get(PHONES).then().statusCode(401);
    given().queryParam("token", LibreChat.token(ann)).get(PHONES).then().statusCode(401);
    given().cookie("token", LibreChat.token(ann)).post(CODES).then().statusCode(401);
    given().header("X-Internal-API-Key", TestDatabase.API_KEY).post(CODES).then().statusCode(401);
  }

  @Test
  void a_body_of_any_size_is_bounded() {
    String id = linked();
    as(ann)
        .body("{\"endpoint\":\"" + "x".repeat(300_000) + "\"}")
        .put(PHONES + "/" + id)
        .then()
        .statusCode(413);
    as(ann)
        .body("{\"endpoint\":\"" + "x".repeat(201) + "\"}")
        .put(PHONES + "/" + id)
        .then()
        .statusCode(400);
    given().body("x".repeat(300_000)).post(CODES).then().statusCode(413);
  }
}
