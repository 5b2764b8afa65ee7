package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The common behaviour of the doors to the inbox, the texts and the replies. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class OperatorDoorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/api/inbox;received, appended, dead",
        "/api/replies;pending, asking, answered, skipped, dead",
        "/api/sms;held, queued, sending, ambiguous, dead, sent, undelivered, failed, blocked, cancelled, delivered, read"
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
  @CsvSource({
    "/api/inbox, switchboard_inbox",
    "/api/replies, switchboard_replies",
    "/api/sms, switchboard_outbox"
  })
  void a_list_is_read_part_by_part_and_each_part_says_how_many_there_are(
      String door, String collection) {
    Set<String> dead =
        Set.of("p-" + UUID.randomUUID(), "p-" + UUID.randomUUID(), "p-" + UUID.randomUUID());
    try (LibreChat libreChat = new LibreChat()) {
      dead.forEach(id -> libreChat.collection(collection).insertOne(deadLetter(id)));
    }
    List<String> read = new ArrayList<>();
    int total;
    do {
      JsonPath page =
          operator()
              .queryParam("state", "dead")
              .queryParam("offset", read.size())
              .queryParam("limit", 2)
              .get(door)
              .then()
              .statusCode(200)
              .body("offset", equalTo(read.size()))
              .body("limit", equalTo(2))
              .extract()
              .jsonPath();
      total = page.getInt("total");
      assertThat(page.getList("items")).hasSize(Math.min(2, total - read.size()));
      read.addAll(page.getList("items.id"));
    } while (read.size() < total);
    assertThat(read).doesNotHaveDuplicates().containsAll(dead);
    dead.forEach(id -> operator().delete(door + "/" + id).then().statusCode(204));
  }

  @ParameterizedTest
  @CsvSource({"999, 999", "1000, 1000", "1001, 1001", "1200, 1001"})
  void a_total_is_counted_to_one_thousand(int entries, int total) {
    String conversation = UUID.randomUUID().toString();
    List<Document> mappings = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      mappings.add(
          new Document("_id", UUID.randomUUID().toString())
              .append("phoneNumber", "+1555" + (1_000_000 + i))
              .append("serviceNumber", "")
              .append("conversationId", conversation)
              .append("lastUsed", new Date())
              .append("createdAt", new Date()));
    }
    try (LibreChat libreChat = new LibreChat()) {
      libreChat.collection("switchboard_mappings").insertMany(mappings);
      operator()
          .queryParam("conversationId", conversation)
          .queryParam("limit", 1)
          .get("/api/mappings")
          .then()
          .statusCode(200)
          .body("total", equalTo(total));
      libreChat
          .collection("switchboard_mappings")
          .deleteMany(new Document("conversationId", conversation));
    }
  }

  @ParameterizedTest
  @CsvSource({"limit, 201", "limit, -1", "offset, -1", "offset, two"})
  void a_part_that_cannot_be_is_refused(String name, String value) {
    operator()
        .queryParam(name, value)
        .get("/api/inbox")
        .then()
        .statusCode(400)
        .body("error", startsWith(name + " must be a number from 0 to "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/inbox", "/api/replies", "/api/sms"})
  void a_missing_entry_can_be_neither_read_nor_requeued_nor_dropped(String door) {
    operator()
        .get(door + "/nothing")
        .then()
        .statusCode(404)
        .body("error", not(blankOrNullString()));
    operator().post(door + "/nothing/requeue").then().statusCode(404);
    operator().delete(door + "/nothing").then().statusCode(404);
  }

  /** With what each of the three collections wants of an entry. */
  private static Document deadLetter(String id) {
    Date now = new Date();
    return new Document("_id", id)
        .append("state", "DEAD")
        .append("attempts", 1)
        .append("receivedAt", now)
        .append("wantedAt", now)
        .append("queuedAt", now)
        .append("textId", id)
        .append("part", 1)
        .append("parts", 1)
        .append("segments", 1)
        .append("phoneNumber", "+15551230000")
        .append("body", "Nobody has read this.")
        .append("history", List.of());
  }

  private static RequestSpecification operator() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
