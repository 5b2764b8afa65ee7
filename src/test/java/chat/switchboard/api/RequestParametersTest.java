package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.not;

import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses that a stranger's client may send. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class RequestParametersTest {

  private static final List<String> LISTS =
      List.of(
          "/api/sms",
          "/api/inbox",
          "/api/replies",
          "/api/mappings",
          "/api/optouts",
          "/api/media",
          "/api/phones");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=abc",
        "limit=-1",
        "limit=201",
        "limit=1e9",
        "limit=1.0",
        "limit=%2B5",
        "limit=",
        "limit=%00",
        "limit=5%00",
        "limit=99999999999999999999",
        "offset=abc",
        "offset=-1",
        "offset=",
        "offset=2147483648",
        "offset=99999999999999999999"
      })
  void a_page_that_cannot_be_is_refused_in_a_sentence(String query) {
    for (String list : LISTS) {
      String name = query.substring(0, query.indexOf('='));
      String error =
          operator()
              .get(list + "?" + query)
              .then()
              .statusCode(400)
              .contentType("application/problem+json")
              .extract()
              .path("error");
      assertThat(error).as(list).startsWith(name + " must");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/sms?state=",
        "/api/sms?state=%00",
        "/api/sms?state=sent%00",
        "/api/sms?conversationId=",
        "/api/sms?conversationId=%00",
        "/api/inbox?state=",
        "/api/media?state=",
        "/api/media?state=lost",
        "/api/inbox?state=lost",
        "/api/replies?state=",
        "/api/mappings?phoneNumber=",
        "/api/mappings?phoneNumber=%00",
        "/api/mappings?conversationId=1-1-1-1-1",
        "/api/feed?since=",
        "/api/feed?since=yesterday",
        "/api/feed?since=2026-02-30T12:00:00Z",
        "/api/feed?since=2026-01-31",
        "/api/feed?since=2026-01-31T12:00:00"
      })
  void a_filter_that_cannot_be_is_refused_in_a_sentence(String address) {
    operator()
        .get(address)
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("error", not(emptyOrNullString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T12:00:00Z",
        "2026-01-31t12:00:00.123456789z",
        "2026-01-31T12:00:00%2B01:00",
        "0223-07-29T10:29:48.1772-19:50",
        "9999-12-31T23:59:59-23:59",
        "0000-01-01T00:00:00Z"
      })
  void every_date_and_time_of_rfc_3339_is_taken(String since) {
    operator().get("/api/feed?since=" + since).then().statusCode(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%00",
        "a%00b",
        "%2F",
        "..%2f..",
        "$where",
        "%7B%22$gt%22:%22%22%7D",
        "%F0%9F",
        "%C0%80",
        "%ED%A0%80",
        "%E2%80%AE",
        "a\u0142"
      })
  void an_id_that_cannot_be_is_not_found(String id) {
    for (String list : List.of("/api/sms", "/api/inbox", "/api/replies", "/api/mappings")) {
      assertThat(operator().get(list + "/" + id).statusCode()).as(list).isIn(400, 404);
      assertThat(operator().delete(list + "/" + id).statusCode()).as(list).isIn(400, 404);
    }
    assertThat(operator().delete("/api/people/" + id).statusCode()).isIn(400, 404);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 1_500, 4_000})
  void an_id_of_any_length_is_not_found(int length) {
    String id = "a".repeat(length);
    for (String list :
        List.of("/api/sms", "/api/inbox", "/api/replies", "/api/mappings", "/api/media")) {
      assertThat(operator().get(list + "/" + id).statusCode()).as(list).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "image/png, text/csv;q=0.5", "application/xml"})
  void an_answer_in_another_media_type_is_not_acceptable(String accept) {
    operator()
        .header("Accept", accept)
        .get("/api/sms")
        .then()
        .statusCode(406)
        .contentType("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "multipart/form-data; boundary=x"})
  void a_body_in_another_media_type_is_refused(String type) {
    for (String door :
        List.of(
            "/api/sms",
            "/api/mappings",
            "/api/messages/external",
            "/api/messages/0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11/external")) {
      given()
          .header("X-API-Key", TestDatabase.API_KEY)
          .header("Content-Type", type)
          .body("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
          .post(door)
          .then()
          .statusCode(415)
          .contentType("application/problem+json");
    }
  }

  private static RequestSpecification operator() {
    return given().urlEncodingEnabled(false).header("X-API-Key", TestDatabase.API_KEY);
  }
}
