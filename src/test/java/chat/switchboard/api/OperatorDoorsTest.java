package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doors to the inbox, the texts and the replies have in common. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OperatorDoorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/api/inbox;received, appended, dead",
        "/api/replies;pending, asking, answered, skipped, dead",
        "/api/sms;queued, sending, ambiguous, dead, sent, undelivered, failed, blocked, delivered"
      })
  void a_list_of_an_unknown_state_is_refused_and_the_states_are_named(String door, String states) {
    operator()
        .queryParam("state", "lost")
        .get(door)
        .then()
        .statusCode(400)
        .body("error", equalTo("state must be one of " + states));
    for (String state : List.of(states.split(", "))) {
      operator().queryParam("state", state).get(door).then().statusCode(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/inbox", "/api/replies", "/api/sms"})
  void a_list_has_its_part_and_how_many_there_are(String door) {
    operator()
        .queryParam("state", "dead")
        .queryParam("offset", 1_000_000)
        .queryParam("limit", 2)
        .get(door)
        .then()
        .statusCode(200)
        .body("items.size()", equalTo(0))
        .body("total", greaterThanOrEqualTo(0))
        .body("offset", equalTo(1_000_000))
        .body("limit", equalTo(2));
    operator().queryParam("limit", 201).get(door).then().statusCode(400);
    operator().queryParam("offset", -1).get(door).then().statusCode(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/inbox", "/api/replies", "/api/sms"})
  void what_is_not_there_can_be_neither_looked_at_nor_requeued_nor_dropped(String door) {
    operator()
        .get(door + "/nothing")
        .then()
        .statusCode(404)
        .body("error", not(blankOrNullString()));
    operator().post(door + "/nothing/requeue").then().statusCode(404);
    operator().delete(door + "/nothing").then().statusCode(404);
  }

  private static RequestSpecification operator() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
