package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
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
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that wait for their time: that of the caller, or the end of quiet hours. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(ScheduledTextsTest.Quiet.class)
class ScheduledTextsTest {

  private static final String OURS = "+15557654321";

  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");

  /** The test runs in quiet hours; numbers that begin with +1555 are in no known zone. */
  public static class Quiet implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      LocalTime now = LocalTime.now(ZoneOffset.UTC);
      return SendingSettings.with(
          "switchboard.quiet-hours",
          CLOCK.format(now.minusHours(1)) + "-" + CLOCK.format(now.plusHours(3)),
          "switchboard.spend.person-segments-per-day",
          "19");
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
  private final String to = PhoneNumbers.next();
  private String conversation;

  @BeforeEach
  void aConversation() {
    conversation = libreChat.conversation(libreChat.owner());
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_text_with_a_time_waits_for_it_and_is_sent_once_although_later_texts_go_before() {
    Instant at = in(Duration.ofHours(5));
    Response held = send(Map.of("text", "Later", "sendAt", at.toString()));
    held.then()
        .statusCode(202)
        .body("status", equalTo("held"))
        .body("sendAt", equalTo(at.toString().replace("Z", ".000Z")))
        .body("mapping.id", notNullValue())
        .body("mapping.code", notNullValue());
    String id = held.path("id");
    awaitState(send(Map.of("text", "Now")).path("id"), "sent");
    get(id)
        .then()
        .body("status", equalTo("held"))
        .body("sendAt", equalTo(at.toString().replace("Z", ".000Z")))
        .body("cause", containsString("time that the caller set"))
        .body("history.status", equalTo(List.of("held")));
    api().get("/api/sms?state=held").then().body("items.id", hasItem(id));
    given().get("/q/metrics").then().body(containsString("switchboard_sms_total{state=\"held\"}"));

    // The answer of the person finds the conversation before the text is sent.
    Twilio.sms("Hello").from(to).to(OURS).arrives().then().statusCode(200);

    timeComes(id);
    awaitState(id, "sent");
    get(id)
        .then()
        .body("history.status", equalTo(List.of("held", "queued", "sending", "sent")))
        .body("cause", nullValue());
    assertThat(twilio.taken(to))
        .extracting(FakeTwilio.Request::text)
        .containsExactly("Now", "Later");
  }

  @Test
  void a_long_text_waits_and_goes_with_all_of_its_parts_in_order() {
    Response held = send(Map.of("text", "word ".repeat(500), "sendAt", tomorrow()));
    held.then().body("parts.size()", equalTo(2));
    List<String> parts = held.path("parts");
    timeComes(parts.get(0));
    timeComes(parts.get(1));
    parts.forEach(part -> awaitState(part, "sent"));
    assertThat(twilio.taken(to)).hasSize(2);
    assertThat(twilio.taken(to).get(0).text()).startsWith("(1/2)");
  }

  @Test
  void a_part_whose_first_part_was_queued_by_a_process_that_died_follows() {
    Response held = send(Map.of("text", "word ".repeat(500), "sendAt", tomorrow()));
    List<String> parts = held.path("parts");
    outbox()
        .updateOne(
            new Document("_id", parts.get(0)),
            new Document(
                "$set",
                new Document("state", "QUEUED")
                    .append("lane", OURS)
                    .append("nextAttemptAt", new Date(0))));
    timeComes(parts.get(1));
    parts.forEach(part -> awaitState(part, "sent"));
    assertThat(twilio.taken(to)).hasSize(2);
  }

  @Test
  void a_time_that_has_just_passed_is_now_and_others_out_of_range_are_refused() {
    awaitState(
        send(Map.of("text", "a", "sendAt", in(Duration.ofSeconds(-30)).toString())).path("id"),
        "sent");
    for (Duration past : List.of(Duration.ofMinutes(-2), Duration.ofDays(-400))) {
      refused(in(past), "must not be in the past");
    }
    refused(Instant.parse("0000-01-01T00:00:00Z"), "must not be in the past");
    refused(Instant.parse("1970-01-01T00:00:00Z"), "must not be in the past");
    refused(in(Duration.ofDays(30).plusMinutes(2)), "more than 30 days ahead");
    refused(Instant.parse("9999-12-31T23:59:59.999999999Z"), "more than 30 days ahead");
    send(Map.of("text", "b", "sendAt", in(Duration.ofDays(30)).toString())).then().statusCode(202);
    send(Map.of("text", "c", "includeCode", true, "sendAt", in(Duration.ofDays(8)).toString()))
        .then()
        .statusCode(400)
        .body("error", containsString("switchboard.codes.ttl"));
    send(Map.of("text", "c", "includeCode", true, "sendAt", in(Duration.ofDays(6)).toString()))
        .then()
        .statusCode(202);
  }

  private void refused(Instant at, String why) {
    send(Map.of("text", "x", "sendAt", at.toString()))
        .then()
        .statusCode(400)
        .body("error", containsString(why));
    group(Map.of("text", "x", "sendAt", at.toString()), 400, why);
  }

  private void group(Map<String, Object> body, int status, String error) {
    api()
        .body(Map.of("phoneNumber", to, "conversationId", conversation))
        .post("/api/mappings")
        .then()
        .statusCode(201);
    api()
        .body(body)
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(status)
        .body(containsString(error));
  }

  @Test
  void the_people_of_a_conversation_get_a_text_at_its_time_too() {
    group(Map.of("text", "All", "sendAt", tomorrow()), 202, "held");
    group(Map.of("text", "All", "quietHours", true), 202, "held");
    assertThat(twilio.requests(to)).isEmpty();
  }

  @Test
  void a_repeated_request_has_the_same_answer_and_another_time_is_a_conflict() {
    String key = "key-" + UUID.randomUUID();
    Instant at = in(Duration.ofHours(5));
    Map<String, Object> body = Map.of("text", "Later", "sendAt", at.toString());
    String id = send(body, key).path("id");
    send(
            Map.of(
                "text",
                "Later",
                "sendAt",
                OffsetDateTime.ofInstant(at, ZoneOffset.ofHours(5)).toString()),
            key)
        .then()
        .statusCode(202)
        .header("Idempotency-Replayed", equalTo("true"))
        .body("id", equalTo(id))
        .body("status", equalTo("held"))
        .body("sendAt", notNullValue());
    send(Map.of("text", "Later", "sendAt", at.plusSeconds(1).toString()), key)
        .then()
        .statusCode(409);
    send(Map.of("text", "Later"), key).then().statusCode(409);
    send(Map.of("text", "Later", "sendAt", at.toString(), "quietHours", true), key)
        .then()
        .statusCode(409);
    api().delete("/api/sms/" + id).then().statusCode(204);
    send(body, key).then().statusCode(202).body("status", equalTo("cancelled"));
    assertThat(outbox().countDocuments(new Document("phoneNumber", to))).isEqualTo(1);
  }

  @Test
  void a_request_that_is_repeated_after_its_time_is_still_the_same_request() {
    String key = "key-" + UUID.randomUUID();
    Instant past = in(Duration.ofSeconds(-40));
    String id = send(Map.of("text", "Now", "sendAt", past.toString()), key).path("id");
    await().atMost(Duration.ofSeconds(40)).until(() -> Instant.now().isAfter(past.plusSeconds(61)));
    send(Map.of("text", "Now", "sendAt", past.toString()), key)
        .then()
        .statusCode(202)
        .body("id", equalTo(id));
  }

  @Test
  void a_waiting_text_is_cancelled_once_with_all_of_its_parts_and_says_by_whom() {
    Response held = send(Map.of("text", "word ".repeat(500), "sendAt", tomorrow()));
    List<String> parts = held.path("parts");
    for (int i = 0; i < 2; i++) {
      api().delete("/api/sms/" + parts.get(1)).then().statusCode(204);
    }
    for (String part : parts) {
      get(part)
          .then()
          .body("status", equalTo("cancelled"))
          .body("history.status", equalTo(List.of("held", "cancelled")))
          .body("history[1].cause", equalTo("Cancelled with the key INTERNAL_API_KEY"));
    }
    api().post("/api/sms/" + parts.get(0) + "/requeue").then().statusCode(409);
    outbox()
        .updateMany(
            new Document("phoneNumber", to),
            new Document("$set", new Document("nextAttemptAt", new Date(0))));
    awaitState(send(Map.of("text", "Now")).path("id"), "sent");
    assertThat(twilio.requests(to)).hasSize(1);
    api()
        .get("/api/audit")
        .then()
        .body("items.action", hasItem("cancelled a text"))
        .body(containsString(parts.get(1)))
        .body(org.hamcrest.Matchers.not(containsString(to)));
    given()
        .get("/q/metrics")
        .then()
        .body(containsString("switchboard_sms_total{state=\"cancelled\"}"));
  }

  @Test
  void a_text_that_was_sent_is_not_cancelled() {
    String id = send(Map.of("text", "Hi", "sendAt", tomorrow())).path("id");
    timeComes(id);
    awaitState(id, "sent");
    api().delete("/api/sms/" + id).then().statusCode(409);
    get(id).then().body("status", equalTo("sent"));
  }

  @Test
  void the_person_the_limits_and_the_number_are_asked_again_at_the_time() {
    String stopped = send(Map.of("text", "Hi", "sendAt", tomorrow())).path("id");
    Twilio.sms("STOP").from(to).to(OURS).arrives();
    timeComes(stopped);
    awaitState(stopped, "blocked");
    Twilio.sms("START").from(to).to(OURS).arrives();

    List<String> many =
        List.of(
            send(Map.of("text", "x".repeat(1_500), "sendAt", tomorrow())).<String>path("id"),
            send(Map.of("text", "y".repeat(1_500), "sendAt", tomorrow())).<String>path("id"));
    timeComes(many.get(0));
    awaitState(many.get(0), "sent");
    timeComes(many.get(1));
    awaitState(many.get(1), "blocked");
    get(many.get(1)).then().body("cause", containsString("person-segments-per-day"));
    assertThat(twilio.requests(to)).hasSize(1);
  }

  @Test
  void a_phone_that_became_stale_meanwhile_gets_no_words_of_its_user() {
    String id = send(Map.of("text", "Private", "sendAt", tomorrow())).path("id");
    Date longAgo = Date.from(Instant.now().minus(Duration.ofDays(400)));
    libreChat
        .collection("switchboard_phones")
        .insertOne(
            new Document("_id", "test " + to)
                .append("number", to)
                .append("phoneNumber", to)
                .append("user", libreChat.owner())
                .append("since", longAgo)
                .append("lastUsed", longAgo)
                .append("proofAt", longAgo));
    timeComes(id);
    awaitState(id, "blocked");
    get(id).then().body("cause", containsString("must link the phone again"));
    api()
        .post("/api/sms/" + id + "/requeue")
        .then()
        .statusCode(409)
        .body("error", containsString("must link the phone again"));
    assertThat(twilio.requests(to)).isEmpty();
  }

  @Test
  void parts_whose_first_part_is_cancelled_are_not_sent() {
    api().post("/api/spend/pause").then().statusCode(200);
    try {
      Response held = send(Map.of("text", "word ".repeat(500), "sendAt", tomorrow()));
      List<String> parts = held.path("parts");
      timeComes(parts.get(0));
      for (String part : parts) {
        awaitState(part, "queued");
      }
      // The process that cancelled the text died after the first part.
      outbox()
          .updateOne(
              new Document("_id", parts.get(0)),
              new Document("$set", new Document("state", "CANCELLED").append("cause", "Cancelled"))
                  .append("$unset", new Document("lane", "").append("nextAttemptAt", "")));
      api().post("/api/spend/resume").then().statusCode(200);
      for (String part : parts) {
        awaitState(part, "cancelled");
      }
      assertThat(twilio.requests(to)).isEmpty();
    } finally {
      api().post("/api/spend/resume");
    }
  }

  @Test
  void forgetting_a_person_forgets_the_texts_that_wait() {
    String id = send(Map.of("text", "Hi", "sendAt", tomorrow())).path("id");
    api().delete("/api/people/" + to).then().statusCode(200).body("outbox", equalTo(1));
    get(id).then().statusCode(404);
  }

  @Test
  void a_text_that_nobody_waits_for_is_held_in_quiet_hours_and_then_sent() {
    Response held = send(Map.of("text", "News", "quietHours", true));
    held.then().statusCode(202).body("status", equalTo("held"));
    String id = held.path("id");
    get(id)
        .then()
        .body("cause", containsString("Quiet hours of the person until"))
        .body("sendAt", notNullValue());
    Instant end = Instant.parse(get(id).path("sendAt"));
    assertThat(Duration.between(Instant.now(), end))
        .isBetween(Duration.ofHours(2), Duration.ofHours(3));
    awaitState(send(Map.of("text", "Urgent")).path("id"), "sent");
    assertThat(twilio.requests(to)).hasSize(1);
    // The end moves, for example by a change of the setting: the text waits on.
    timeComes(id);
    await()
        .untilAsserted(
            () -> get(id).then().body("history.status", equalTo(List.of("held", "held"))));
    quietHoursEnd(id);
    awaitState(id, "sent");
    assertThat(twilio.taken(to)).extracting(FakeTwilio.Request::text).contains("News");
  }

  @Test
  void an_answer_within_ten_minutes_of_a_persons_own_text_is_not_held() {
    Twilio.sms("Are you there?").from(to).to(OURS).arrives().then().statusCode(200);
    awaitState(send(Map.of("text", "Yes", "quietHours", true)).path("id"), "sent");
    libreChat
        .collection("switchboard_inbox")
        .updateMany(
            new Document("phoneNumber", to),
            new Document(
                "$set",
                new Document(
                    "receivedAt", Date.from(Instant.now().minus(Duration.ofMinutes(11))))));
    send(Map.of("text", "Still there?", "quietHours", true)).then().body("status", equalTo("held"));
  }

  @Test
  void a_text_with_a_time_in_quiet_hours_waits_until_they_are_over() {
    String id =
        send(Map.of("text", "a", "quietHours", true, "sendAt", in(Duration.ofHours(1)).toString()))
            .path("id");
    timeComes(id);
    await().untilAsserted(() -> get(id).then().body("cause", containsString("Quiet hours")));
  }

  @Test
  void a_text_whose_turn_comes_in_quiet_hours_leaves_the_queue() {
    api().post("/api/spend/pause").then().statusCode(200);
    try {
      Response queued = send(Map.of("text", "word ".repeat(500)));
      List<String> parts = queued.path("parts");
      outbox()
          .updateMany(
              new Document("phoneNumber", to),
              new Document("$set", new Document("quietHours", true)));
      api().post("/api/spend/resume").then().statusCode(200);
      parts.forEach(part -> awaitState(part, "held"));
      assertThat(twilio.requests(to)).isEmpty();
      parts.forEach(this::quietHoursEnd);
      parts.forEach(part -> awaitState(part, "sent"));
    } finally {
      api().post("/api/spend/resume");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"+15551234567\",\"+15557654321\"]",
        "\"+15551234567,+15557654321\"",
        "{\"a\":1}",
        "15551234567"
      })
  void a_text_to_several_people_is_refused_with_the_reason(String several) {
    api()
        .body(
            "{\"to\":%s,\"conversationId\":\"%s\",\"text\":\"Hi\"}"
                .formatted(several, conversation))
        .post("/api/sms")
        .then()
        .statusCode(400)
        .body("error", containsString("to must be"));
  }

  /** The time of a text has come. */
  private void timeComes(String id) {
    outbox()
        .updateOne(
            new Document("_id", id).append("state", "HELD"),
            new Document("$set", new Document("nextAttemptAt", new Date(0))));
  }

  private void quietHoursEnd(String id) {
    outbox()
        .updateOne(new Document("_id", id), new Document("$unset", new Document("quietHours", "")));
    timeComes(id);
  }

  private com.mongodb.client.MongoCollection<Document> outbox() {
    return libreChat.collection("switchboard_outbox");
  }

  private static Instant in(Duration time) {
    return Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS);
  }

  private static String tomorrow() {
    return in(Duration.ofDays(1)).toString();
  }

  private static RequestSpecification api() {
    return given().header("X-API-Key", TestDatabase.API_KEY).contentType(ContentType.JSON);
  }

  private Response send(Map<String, Object> fields) {
    return send(fields, null);
  }

  private Response send(Map<String, Object> fields, String key) {
    Map<String, Object> body = new HashMap<>(Map.of("to", to, "conversationId", conversation));
    body.putAll(fields);
    RequestSpecification request = api().body(body);
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    return request.post("/api/sms");
  }

  private static Response get(String id) {
    return api().get("/api/sms/" + id);
  }

  private static void awaitState(String id, String state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(get(id).<String>path("status")).isEqualTo(state));
  }
}
