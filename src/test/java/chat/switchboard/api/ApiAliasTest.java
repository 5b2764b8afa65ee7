package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The doors below {@code /switchboard/api/}, where a proxy in front of LibreChat leads. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class ApiAliasTest {

  /** Doors whose callers prove themselves by the scheme of a hook. */
  private static final Set<String> SIGNED =
      Set.of("POST /api/hooks/{name}", "GET /api/hooks/{name}/subscription");

  @Test
  void every_door_with_an_api_key_answers_below_switchboard_as_it_does_itself() {
    Map<String, Map<String, Map<String, Object>>> paths =
        given().get("/q/openapi?format=json").jsonPath().getMap("paths");
    int asked = 0;
    for (var path : paths.entrySet()) {
      if (!path.getKey().startsWith("/api/")
          || path.getKey().startsWith("/api/twilio/")
          || path.getKey().equals("/api/messages/stream")) {
        continue;
      }
      String address = path.getKey().replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
      for (String method : path.getValue().keySet()) {
        if (!List.of("get", "post", "delete").contains(method)) {
          continue;
        }
        String verb = method.toUpperCase(Locale.ROOT);
        if (!SIGNED.contains(verb + " " + path.getKey())) {
          Response stranger = send(given(), verb, "/switchboard" + address);
          assertThat(stranger.statusCode()).as("%s %s without a key", verb, address).isEqualTo(401);
        }
        Response direct = send(withKey(), verb, address);
        Response aliased = send(withKey(), verb, "/switchboard" + address);
        assertThat(aliased.statusCode()).as("%s %s", verb, address).isEqualTo(direct.statusCode());
        assertThat(aliased.contentType()).isEqualTo(direct.contentType());
        assertThat(aliased.header("Cache-Control")).isEqualTo(direct.header("Cache-Control"));
        asked++;
      }
    }
    assertThat(asked).isGreaterThan(20);
  }

  @Test
  void a_message_and_its_query_go_through_and_the_location_stays_below_switchboard() {
    String conversation;
    try (LibreChat libreChat = new LibreChat()) {
      conversation = libreChat.conversation(libreChat.owner());
    }
    Response made =
        withKey()
            .body(Map.of("phoneNumber", "+12025550188", "conversationId", conversation))
            .post("/switchboard/api/mappings");
    made.then().statusCode(201);
    String location = made.header("Location");
    assertThat(location).startsWith("/switchboard/api/mappings/");
    withKey().get(location).then().statusCode(200);
    assertThat(
            withKey()
                .queryParam("phoneNumber", "+12025550188")
                .queryParam("limit", 1)
                .get("/switchboard/api/mappings")
                .jsonPath()
                .getList("items.conversationId", String.class))
        .containsExactly(conversation);
    assertThat(
            withKey()
                .body(Map.of("phoneNumber", "+12025550189", "conversationId", conversation))
                .post("/api/mappings")
                .header("Location"))
        .startsWith("/api/mappings/");
    for (String number : List.of("+12025550188", "+12025550189")) {
      assertThat(
              withKey()
                  .queryParam("phoneNumber", number)
                  .get("/switchboard/api/mappings")
                  .jsonPath()
                  .getList("items.phoneNumber", String.class))
          .containsExactly(number);
    }
  }

  @Test
  void a_body_over_the_limit_is_refused_below_switchboard_too() {
    withKey()
        .body("\"" + "x".repeat(300 * 1024) + "\"")
        .post("/switchboard/api/sms")
        .then()
        .statusCode(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/switchboard/api/twilio/webhook",
        "/switchboard/api/twilio/status",
        "/switchboard/api/messages/stream",
        "/switchboard/api/../api/twilio/webhook",
        "/switchboard/api/nothing",
        "/switchboard/api",
      })
  void a_door_with_another_check_has_no_second_address(String path) {
    given()
        .urlEncodingEnabled(false)
        .contentType("application/x-www-form-urlencoded")
        .header("X-Twilio-Signature", Twilio.sms("Hello").signature())
        .body(Twilio.sms("Hello").body())
        .post(path)
        .then()
        .statusCode(404);
  }

  private static RequestSpecification withKey() {
    return given()
        .contentType("application/json")
        .header("X-Internal-API-Key", TestDatabase.API_KEY);
  }

  private static Response send(RequestSpecification request, String method, String path) {
    return method.equals("POST")
        ? request.contentType("application/json").body("{}").request(method, path)
        : request.request(method, path);
  }
}
