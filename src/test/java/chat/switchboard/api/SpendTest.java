package chat.switchboard.api;

import static com.mongodb.client.model.Filters.eq;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.mongodb.client.model.Updates;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The spend guard, through the doors, with a Twilio of our own. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(SpendTest.Limits.class)
class SpendTest {

  private static final String OURS = "+15557654321";
  private static final int OF_PERSON = 8;
  private static final int OF_OWNER = 20;
  private static final int IN_ALL = 30;
  private static final int NEW_PEOPLE = 3;

  /** Limits that a test can reach. */
  public static class Limits implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "switchboard.twilio.api-url", FakeTwilio.reservedUrl(),
          "switchboard.twilio.from", OURS,
          "switchboard.outbox.segments-per-second", "200",
          "switchboard.forward-owner", "true",
          "switchboard.notices.help", "Call us",
          "switchboard.spend.segments-per-day", String.valueOf(IN_ALL),
          "switchboard.spend.owner-segments-per-day", String.valueOf(OF_OWNER),
          "switchboard.spend.person-segments-per-day", String.valueOf(OF_PERSON),
          "switchboard.spend.new-people-per-day", String.valueOf(NEW_PEOPLE));
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
  private final String to = phone();
  private String user;
  private String conversation;

  @BeforeEach
  void nothingIsSpent() {
    libreChat.collection("switchboard_spend").deleteMany(new Document());
    libreChat.owner();
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.collection("switchboard_spend").deleteMany(new Document());
    libreChat.close();
  }

  // ── Where texts go ────────────────────────────────────────────────────────────────────────────

  @Test
  void sixty_new_senders_of_costly_and_foreign_numbers_are_stored_and_none_is_answered() {
    List<String> senders = new ArrayList<>();
    for (int i = 10; i < 25; i++) {
      senders.add("+1876555" + random(10, 99) + i);
      senders.add("+88213" + random(100, 999) + i);
      senders.add("+1900555" + random(10, 99) + i);
      senders.add("+379698" + random(100, 999) + i);
    }
    double country = blocked("country");
    double range = blocked("range");
    List<String> lines =
        logged(
            () -> {
              for (String sender : senders) {
                Twilio.sms("Hello, who is there?")
                    .from(sender)
                    .to(OURS)
                    .arrives()
                    .then()
                    .statusCode(200)
                    .body(not(containsString("<Message")));
              }
            });

    for (String sender : senders) {
      assertThat(
              libreChat
                  .collection("switchboard_mappings")
                  .countDocuments(eq("phoneNumber", sender)))
          .as("strangers stays create: %s", sender)
          .isOne();
      assertThat(
              libreChat.collection("messages").countDocuments(eq("metadata.phoneNumber", sender)))
          .as("the text of %s is stored", sender)
          .isOne();
      assertThat(twilio.requests(sender)).isEmpty();
    }
    await().untilAsserted(() -> assertThat(blocked("country") - country).isEqualTo(15));
    await().untilAsserted(() -> assertThat(blocked("range") - range).isEqualTo(45));
    assertThat(lines).hasSize(60).allMatch(line -> line.contains("switchboard.spend."));
    assertThat(lines).noneMatch(line -> senders.stream().anyMatch(line::contains));
    spend()
        .body("blocked.country", equalTo(15))
        .body("blocked.range", equalTo(45))
        .body("segments.used", equalTo(0))
        .body("people.used", equalTo(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+18765551234", "+88212345678", "+19005551234", "+447400123456"})
  void a_caller_is_told_why_a_text_does_not_go_and_when_to_come_again(String costly) {
    send(Map.of("to", costly, "text", "Hi"))
        .then()
        .statusCode(429)
        .contentType("application/problem+json")
        .header("Retry-After", SpendTest::secondsOfToday)
        .body("error", containsString("switchboard.spend."))
        .body("error", not(containsString(costly.substring(1))));
    assertThat(
            libreChat.collection("switchboard_mappings").countDocuments(eq("phoneNumber", costly)))
        .isZero();
    assertThat(twilio.requests(costly)).isEmpty();
  }

  @Test
  void an_owners_message_to_a_costly_number_is_stored_as_blocked_with_its_cause() {
    String stranger = "+1876555" + random(1000, 9999);
    Twilio.sms("Hello").from(stranger).to(OURS).arrives().then().statusCode(200);
    Document mapping =
        libreChat.collection("switchboard_mappings").find(eq("phoneNumber", stranger)).first();
    String opened = mapping.getString("conversationId");
    String owner = mapping.getString("user");
    String last = libreChat.lastMessage(opened, owner).getString("messageId");
    libreChat.message(
        opened, owner, last, "User", new Date(), new Document("text", "Who are you?"));
    Document blocked =
        await()
            .until(
                () ->
                    libreChat
                        .collection("switchboard_outbox")
                        .find(eq("phoneNumber", stranger))
                        .first(),
                java.util.Objects::nonNull);
    assertThat(blocked.getString("state")).isEqualTo("BLOCKED");
    assertThat(blocked.getString("cause")).contains("JM", "switchboard.spend.countries");
    api()
        .post("/api/sms/" + blocked.getString("_id") + "/requeue")
        .then()
        .statusCode(429)
        .header("Retry-After", SpendTest::secondsOfToday)
        .body("error", containsString("switchboard.spend.countries"));
    assertThat(twilio.requests(stranger)).isEmpty();
  }

  @Test
  void a_text_to_a_person_who_opted_out_gets_409_also_for_a_costly_number() {
    String person = "+1876555" + random(1000, 9999);
    Twilio.sms("STOP").from(person).to(OURS).arrives().then().statusCode(200);
    send(Map.of("to", person, "text", "Hi")).then().statusCode(409);
  }

  @Test
  void people_abroad_are_reached_by_whatsapp() {
    String abroad = "whatsapp:+4915" + random(10_000_000, 99_999_999) + "1";
    send(Map.of("to", abroad, "text", "Hallo")).then().statusCode(202);
    await().until(() -> twilio.taken(abroad).size() == 1);
  }

  // ── How many ──────────────────────────────────────────────────────────────────────────────────

  @Test
  void one_person_gets_no_more_segments_in_a_day_than_the_limit() {
    for (int i = 0; i < OF_PERSON; i++) {
      send(Map.of("text", "Hi")).then().statusCode(202);
    }
    send(Map.of("text", "Hi"))
        .then()
        .statusCode(429)
        .header("Retry-After", SpendTest::secondsOfToday)
        .body("error", containsString("switchboard.spend.person-segments-per-day"));
    send(Map.of("to", phone(), "text", "Hi")).then().statusCode(202);
    spend().body("segments.used", equalTo(OF_PERSON + 1)).body("blocked.person", equalTo(1));
  }

  @Test
  void a_text_counts_with_all_its_segments_and_what_is_refused_counts_nothing() {
    send(Map.of("text", "x".repeat(150 + 153 * 3))).then().statusCode(202); // 4 segments
    send(Map.of("text", "ж".repeat(67 * 5))).then().statusCode(429); // 5 segments: 9 are too many
    send(Map.of("text", "ж".repeat(67 * 4))).then().statusCode(202); // 4 segments
    spend()
        .body("segments.used", equalTo(8))
        .body("segments.limit", equalTo(IN_ALL))
        .body("owners", hasSize(1))
        .body("owners[0].owner", equalTo(user))
        .body("owners[0].segments", equalTo(8));
  }

  @Test
  void a_text_of_a_caller_that_is_longer_than_the_limit_of_a_person_goes_as_the_first_of_the_day() {
    String twelve = "x".repeat(153 * 12);
    send(Map.of("text", twelve)).then().statusCode(202);
    send(Map.of("text", "Hi")).then().statusCode(429);
    String other = phone();
    send(Map.of("to", other, "text", "Hi")).then().statusCode(202);
    send(Map.of("to", other, "text", twelve)).then().statusCode(429);
  }

  @Test
  void one_owner_and_all_together_have_a_limit() {
    for (int i = 0; i < OF_OWNER; i++) {
      send(Map.of("to", phone(), "text", "Hi")).then().statusCode(202);
    }
    send(Map.of("to", phone(), "text", "Hi"))
        .then()
        .statusCode(429)
        .body("error", containsString("switchboard.spend.owner-segments-per-day"));
    String another = libreChat.conversation(libreChat.user());
    for (int i = OF_OWNER; i < IN_ALL; i++) {
      send(Map.of("to", phone(), "text", "Hi", "conversationId", another)).then().statusCode(202);
    }
    send(Map.of("to", phone(), "text", "Hi", "conversationId", another))
        .then()
        .statusCode(429)
        .body("error", containsString("switchboard.spend.segments-per-day"));
    spend()
        .body("segments.used", equalTo(IN_ALL))
        .body("owners.segments", hasItems(OF_OWNER, IN_ALL - OF_OWNER))
        .body("blocked.owner", equalTo(1))
        .body("blocked.total", equalTo(1));
  }

  @Test
  void many_callers_at_once_never_pass_a_limit_and_reach_it() {
    List<Integer> answers = atOnce(80, i -> send(Map.of("to", phone(), "text", "Hi")).statusCode());
    assertThat(answers.stream().filter(status -> status == 202)).hasSize(OF_OWNER);
    assertThat(answers.stream().filter(status -> status == 429)).hasSize(80 - OF_OWNER);
    spend().body("segments.used", equalTo(OF_OWNER)).body("owners[0].segments", equalTo(OF_OWNER));
  }

  @Test
  void the_same_text_asked_for_by_many_at_once_counts_once() {
    String key = "key-" + UUID.randomUUID();
    List<Integer> answers =
        atOnce(OF_PERSON - 1, i -> send(Map.of("text", "Once"), key).statusCode());
    assertThat(answers).containsOnly(202);
    await().untilAsserted(() -> spend().body("segments.used", equalTo(1)));
    send(Map.of("text", "Once"), key).then().statusCode(202);
    spend().body("segments.used", equalTo(1));
  }

  @Test
  void a_refused_text_is_sent_under_the_same_key_on_the_next_day() {
    String key = "key-" + UUID.randomUUID();
    for (int i = 0; i < OF_PERSON; i++) {
      send(Map.of("text", "Hi")).then().statusCode(202);
    }
    send(Map.of("text", "Later"), key).then().statusCode(429);
    yesterday();
    send(Map.of("text", "Later"), key).then().statusCode(202);
    spend().body("segments.used", equalTo(1));
  }

  @Test
  void whatsapp_is_billed_by_the_message() {
    String person = "whatsapp:" + to;
    send(Map.of("to", person, "text", "ж".repeat(700))).then().statusCode(202);
    spend().body("segments.used", equalTo(1));
  }

  @Test
  void a_conversation_whose_people_are_all_over_the_limit_is_refused_as_a_whole() {
    for (int i = 0; i < OF_PERSON; i++) {
      send(Map.of("text", "Hi")).then().statusCode(202);
    }
    api()
        .body(Map.of("text", "All"))
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(429)
        .header("Retry-After", SpendTest::secondsOfToday);
    send(Map.of("to", phone(), "text", "Hi")).then().statusCode(202);
    api()
        .body(Map.of("text", "All"))
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(202)
        .body("people.status", hasItems("queued", "refused"));
  }

  // ── New people ────────────────────────────────────────────────────────────────────────────────

  @Test
  void so_many_new_people_are_answered_in_a_day_and_the_others_are_stored() {
    List<String> people = IntStream.range(0, NEW_PEOPLE + 2).mapToObj(i -> phone()).toList();
    List<Boolean> answered = people.stream().map(this::isGreeted).toList();
    assertThat(answered).containsExactly(true, true, true, false, false);
    assertThat(people)
        .allMatch(
            person ->
                libreChat.collection("messages").countDocuments(eq("metadata.phoneNumber", person))
                    == 1);
    spend().body("people.used", equalTo(NEW_PEOPLE)).body("blocked.people", equalTo(2));
    // A person who got an answer today gets further answers; a new person gets none.
    assertThat(isHelped(people.get(0))).isTrue();
    assertThat(isHelped(people.get(4))).isFalse();
    spend().body("people.used", equalTo(NEW_PEOPLE));
  }

  @Test
  void people_of_earlier_days_and_those_whom_a_caller_texts_are_not_new() {
    String early = phone();
    Twilio.sms("Hello").from(early).to(OURS).arrives();
    libreChat
        .collection("switchboard_mappings")
        .updateOne(
            eq("phoneNumber", early),
            Updates.set("createdAt", Date.from(Instant.now().minus(Duration.ofDays(2)))));
    libreChat.collection("switchboard_spend").deleteMany(new Document());
    for (int i = 0; i < NEW_PEOPLE; i++) {
      assertThat(isGreeted(phone())).isTrue();
    }
    assertThat(isGreeted(phone())).isFalse();
    assertThat(isHelped(early)).isTrue();
    send(Map.of("text", "Hi")).then().statusCode(202);
    assertThat(isHelped(to)).isTrue();
    spend().body("people.used", equalTo(NEW_PEOPLE));
  }

  @Test
  void new_people_who_write_at_once_are_counted_to_the_limit_and_not_beyond() {
    List<Boolean> answered = atOnce(24, i -> isGreeted(phone()));
    assertThat(answered.stream().filter(is -> is)).hasSize(NEW_PEOPLE);
    spend().body("people.used", equalTo(NEW_PEOPLE)).body("segments.used", equalTo(NEW_PEOPLE));
  }

  // ── Pausing ───────────────────────────────────────────────────────────────────────────────────

  @Test
  void while_sending_is_paused_texts_wait_and_go_when_it_is_resumed() {
    api().post("/api/spend/pause").then().statusCode(200).body("paused", equalTo(true));
    api().post("/api/spend/pause").then().statusCode(200).body("pausedSince", notNullValue());
    String id = send(Map.of("text", "Hi")).then().statusCode(202).extract().path("id");
    await().during(Duration.ofSeconds(3)).until(() -> twilio.requests(to).isEmpty());
    api().get("/api/sms/" + id).then().body("status", equalTo("queued"));
    assertThat(isHelped(to)).as("a notice cannot wait, and is left out").isFalse();
    spend().body("blocked.paused", equalTo(1));
    api()
        .get("/api/doctor")
        .then()
        .body("checks.find { it.name == 'Spend guard' }.status", equalTo("warn"))
        .body("checks.find { it.name == 'Spend guard' }.says", containsString("paused"));
    api()
        .post("/api/spend/resume")
        .then()
        .statusCode(200)
        .body("paused", equalTo(false))
        .body("pausedSince", nullValue());
    api().post("/api/spend/resume").then().statusCode(200).body("paused", equalTo(false));
    await().until(() -> twilio.taken(to).size() == 1);
    assertThat(isHelped(to)).isTrue();
    api()
        .get("/api/doctor")
        .then()
        .body("checks.find { it.name == 'Spend guard' }.says", equalTo("Texts go to US."));
  }

  @Test
  void the_doors_want_the_key() {
    given().get("/api/spend").then().statusCode(401);
    given().post("/api/spend/pause").then().statusCode(401);
    given().post("/api/spend/resume").then().statusCode(401);
    spend().body("paused", equalTo(false)).body("countries", equalTo(List.of("US")));
  }

  @Test
  void a_number_is_in_no_counter_and_people_are_forgotten_after_two_days() {
    send(Map.of("text", "Hi")).then().statusCode(202);
    isGreeted(phone());
    List<Document> counters =
        libreChat.collection("switchboard_spend").find().into(new ArrayList<>());
    assertThat(counters.toString()).doesNotContain(to.substring(1));
    assertThat(counters)
        .hasSizeGreaterThan(4)
        .allSatisfy(
            counter -> {
              boolean ofPerson = List.of("person", "met").contains(counter.getString("kind"));
              assertThat(counter.getDate("expireAt"))
                  .isAfter(Date.from(Instant.now().plus(Duration.ofDays(ofPerson ? 1 : 39))))
                  .isBefore(Date.from(Instant.now().plus(Duration.ofDays(ofPerson ? 3 : 41))));
            });
  }

  @Test
  void metrics_show_used_limits_and_refused_texts() {
    send(Map.of("text", "Hi")).then().statusCode(202);
    spend();
    given()
        .get("/q/metrics")
        .then()
        .body(containsString("switchboard_spend_segments 1.0"))
        .body(containsString("switchboard_spend_segments_limit 30.0"))
        .body(containsString("switchboard_spend_people 0.0"))
        .body(containsString("switchboard_spend_people_limit 3.0"))
        .body(containsString("switchboard_spend_paused 0.0"))
        .body(containsString("switchboard_spend_blocked_total{reason=\"owner\"}"));
  }

  // ── Helpers ───────────────────────────────────────────────────────────────────────────────────

  private static boolean isGreeted(String person, String text) {
    return Twilio.sms(text)
        .from(person)
        .to(OURS)
        .arrives()
        .then()
        .statusCode(200)
        .extract()
        .asString()
        .contains("<Message>");
  }

  private boolean isGreeted(String person) {
    return isGreeted(person, "Hello");
  }

  private boolean isHelped(String person) {
    return isGreeted(person, "HELP");
  }

  private static io.restassured.response.ValidatableResponse spend() {
    return api().get("/api/spend").then().statusCode(200);
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

  /** Moves the counts of today to yesterday. */
  private void yesterday() {
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    String before = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
    for (Document counter :
        libreChat.collection("switchboard_spend").find().into(new ArrayList<>())) {
      libreChat.collection("switchboard_spend").deleteOne(eq("_id", counter.getString("_id")));
      libreChat
          .collection("switchboard_spend")
          .insertOne(
              counter
                  .append("_id", counter.getString("_id").replace(today, before))
                  .append("day", before));
    }
  }

  private static double blocked(String reason) {
    return given()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith("switchboard_spend_blocked_total{reason=\"" + reason))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static List<String> logged(Runnable work) {
    try (LogLines log = LogLines.of("chat.switchboard.outbound.SpendGuard")) {
      work.run();
      return log.texts();
    }
  }

  private static <T> List<T> atOnce(int times, java.util.function.IntFunction<T> work) {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      return IntStream.range(0, times)
          .mapToObj(i -> CompletableFuture.supplyAsync(() -> work.apply(i), threads))
          .toList()
          .stream()
          .map(CompletableFuture::join)
          .toList();
    } finally {
      threads.shutdown();
    }
  }

  private static String phone() {
    return "+1555" + random(1_000_000, 9_999_999);
  }

  private static int random(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }

  private static org.hamcrest.Matcher<String> secondsOfToday(Response response) {
    return new org.hamcrest.TypeSafeMatcher<>() {
      @Override
      protected boolean matchesSafely(String seconds) {
        return Integer.parseInt(seconds) >= 1 && Integer.parseInt(seconds) <= 86_401;
      }

      @Override
      public void describeTo(org.hamcrest.Description description) {
        description.appendText("the seconds until the next UTC day");
      }
    };
  }
}
