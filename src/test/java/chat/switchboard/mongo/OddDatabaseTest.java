package chat.switchboard.mongo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.OddDatabase;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A server without TTL and partial indexes, a connection string with weak options for writes and
 * reads, and no forwarded mapping.
 */
@QuarkusTest
@QuarkusTestResource(value = OddDatabase.WithPlainIndexes.class, restrictToAnnotatedClass = true)
@TestProfile(OddDatabaseTest.OwnApplication.class)
class OddDatabaseTest {

  /** Tests of one application share the registry of metrics, whose gauges outlive a restart. */
  public static class OwnApplication implements QuarkusTestProfile {}

  private static final Set<String> WRITES = Set.of("insert", "update", "delete", "findAndModify");
  private static final Set<String> READS =
      Set.of("find", "aggregate", "count", "distinct", "getMore", "listIndexes");

  @Inject Housekeeping housekeeping;

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_service_is_ready_on_a_server_that_refuses_ttl_and_partial_indexes() {
    ready();
    given()
        .get("/q/health/ready")
        .then()
        .body("checks.find { it.name == 'indexes' }.status", equalTo("UP"));
    assertThat(OddDatabase.proxy().commands("createIndexes"))
        .extracting(command -> command.getArray("indexes").get(0).asDocument())
        .extracting(
            index ->
                index.containsKey("expireAfterSeconds")
                    ? "ttl"
                    : index.getDocument("key").keySet().iterator().next())
        .contains("ttl", "forgetAt", "expireAt", "lane");
  }

  @Test
  void the_doctor_warns_of_refused_indexes_and_shows_the_commands_that_make_them() {
    ready();
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .get("/api/doctor")
        .then()
        .statusCode(200)
        .body(
            "checks.find { it.name == \"Switchboard's indexes\" }.status.toString().toLowerCase()",
            equalTo("warn"))
        .body(
            "checks.find { it.name == \"Switchboard's indexes\" }.toString()",
            allOf(
                containsString("deletes expired documents itself"),
                containsString("db.switchboard_inbox.createIndex({\"forgetAt\": 1}")))
        .body(
            "checks.find { it.name == 'Writes and reads' }.toString()",
            allOf(
                containsString("w=majority, journaled, at most 4000 ms"),
                containsString("readPreference=secondaryPreferred")));
  }

  @Test
  void only_expired_documents_are_deleted_in_batches() {
    ready();
    Date then = Date.from(Instant.now().minus(Duration.ofHours(1)));
    Date later = Date.from(Instant.now().plus(Duration.ofHours(1)));
    List<Document> old = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      old.add(new Document("_id", "old-" + i).append("state", "done").append("forgetAt", then));
    }
    libreChat.collection("switchboard_inbox").insertMany(old);
    libreChat
        .collection("switchboard_inbox")
        .insertMany(
            List.of(
                new Document("_id", "kept-1").append("state", "done").append("forgetAt", later),
                new Document("_id", "kept-2").append("state", "dead")));
    assertThat(housekeeping.clean().await().atMost(Duration.ofSeconds(60))).isEqualTo(1_200);
    assertThat(libreChat.collection("switchboard_inbox").find(new Document()))
        .extracting(document -> String.valueOf(document.get("_id")))
        .contains("kept-1", "kept-2")
        .noneMatch(id -> id.startsWith("old-"));
    assertThat(OddDatabase.proxy().commands("delete").size()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void every_write_waits_for_a_majority_and_every_read_goes_to_the_primary() {
    ready();
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", libreChat.conversation(libreChat.user()))
        .then()
        .statusCode(201);
    List<BsonDocument> sent = OddDatabase.proxy().commands();
    assertThat(sent).extracting(BsonDocument::getFirstKey).contains("insert", "find", "update");
    for (BsonDocument command : sent) {
      String name = command.getFirstKey();
      if (WRITES.contains(name)) {
        assertThat(command.getDocument("writeConcern").toJson())
            .as(command.toJson())
            .isEqualTo("{\"w\": \"majority\", \"wtimeout\": 4000, \"j\": true}");
      }
      if (READS.contains(name)) {
        assertThat(command.containsKey("readConcern")).as(command.toJson()).isFalse();
        // A driver that is connected to a single server always sends primaryPreferred.
        assertThat(
                command.containsKey("$readPreference")
                    ? command.getDocument("$readPreference").getString("mode").getValue()
                    : "primary")
            .as(command.toJson())
            .isIn("primary", "primaryPreferred");
      }
    }
  }

  @Test
  void three_thousand_messages_cost_no_query_each_if_no_mapping_is_forwarded() {
    ready();
    String user = libreChat.user();
    int before = mappingQueries();
    List<Document> questions = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      questions.add(
          new Document("messageId", UUID.randomUUID().toString())
              .append("conversationId", UUID.randomUUID().toString())
              .append("user", user)
              .append("parentMessageId", LibreChat.NO_PARENT)
              .append("isCreatedByUser", true)
              .append("unfinished", false)
              .append("text", "A question")
              .append("createdAt", new Date()));
    }
    libreChat.collection("messages").insertMany(questions);
    String last = questions.get(2_999).getString("messageId");
    // The test watches for several seconds, so that a second poll has run too.
    await().during(Duration.ofSeconds(4)).until(() -> mappingQueries() - before <= 8);
    assertThat(OddDatabase.proxy().commands("find"))
        .noneMatch(
            find ->
                "messages".equals(find.getString("find").getValue())
                    && find.toJson().contains("_id")
                    && find.toJson().contains("$in")
                    && !find.containsKey("limit")
                    && find.toJson().length() > 20_000);
    assertThat(last).isNotEmpty();
  }

  private static int mappingQueries() {
    return (int)
        OddDatabase.proxy().commands("find").stream()
            .filter(find -> "switchboard_mappings".equals(find.getString("find").getValue()))
            .count();
  }

  private static void ready() {
    await().untilAsserted(() -> given().get("/q/health/ready").then().statusCode(200));
    await()
        .until(
            () ->
                given().get("/q/health/ready").path("checks.find { it.name == 'indexes' }.data")
                    == null);
  }
}
