package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.oneOf;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.FakeTwilio.Mood;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sending of a text and its states, through the doors, with a fake Twilio. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(SendTextTest.Sending.class)
class SendTextTest {

  private static final String OURS = "+15557654321";

  /** All settings for sending, with short waits. */
  public static class Sending implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return SendingSettings.with(
          "switchboard.twilio.read-timeout", "8s",
          "switchboard.outbox.max-backoff", "300ms",
          "switchboard.outbox.max-attempts", "3",
          // Tests that need the timeout end it themselves (callbackTimeoutEnds).
          "switchboard.outbox.callback-timeout", "1h",
          "switchboard.notices.help", "Call us: +1 555 0100");
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
  void a_text_goes_out_is_reported_delivered_and_its_answer_finds_the_conversation() {
    Response queued =
        send(Map.of("text", "**Hello**, see [us](https://example.com)", "format", "markdown"))
            .then()
            .extract()
            .response();
    queued
        .then()
        .statusCode(202)
        .header("Location", containsString("/api/sms/"))
        .body("status", equalTo("queued"))
        .body("segments", equalTo(1))
        .body("encoding", equalTo("GSM-7"))
        .body("mapping.id", notNullValue())
        .body("mapping.code", matchesPattern("[A-Z0-9]{6}"));
    String id = queued.path("id");
    awaitState(id, "sent");

    FakeTwilio.Request request = twilio.taken(to).get(0);
    assertThat(request.form())
        .containsEntry("To", to)
        .containsEntry("From", OURS)
        .containsEntry("Body", "Hello, see us (https://example.com)")
        .containsEntry("StatusCallback", TestDatabase.PUBLIC_URL + "/api/twilio/status?id=" + id);
    assertThat(
            new String(
                Base64.getDecoder().decode(request.authorization().substring("Basic ".length())),
                StandardCharsets.UTF_8))
        .isEqualTo("SK0123456789abcdef0123456789abcdef:the-secret");

    Twilio.status(request.sid(), "delivered").arrivesFor(id).then().statusCode(200);
    get(id)
        .then()
        .body("status", equalTo("delivered"))
        .body("sid", equalTo(request.sid()))
        .body("history.status", equalTo(List.of("queued", "sending", "sent", "delivered")))
        .body("history.at", hasSize(4));

    Twilio.sms("Thanks!").from(to).to(OURS).arrives().then().statusCode(200);
    assertThat(libreChat.lastMessage(conversation, user).getString("text")).isEqualTo("Thanks!");
  }

  @Test
  void the_code_can_stand_behind_the_text_and_is_not_readable_in_the_database() {
    Response queued = send(Map.of("text", "Hello", "includeCode", true));
    String code = queued.path("mapping.code");
    String id = queued.path("id");
    awaitState(id, "sent");
    assertThat(twilio.taken(to).get(0).text())
        .isEqualTo("Hello\n\nTo answer in this conversation, begin with the code " + code);
    assertThat(entry(id).toJson()).doesNotContain(code);

    String other = "+1666" + to.substring(5);
    Twilio.sms(code + " from my other phone").from(other).to(OURS).arrives();
    assertThat(libreChat.lastMessage(conversation, user).getString("text"))
        .isEqualTo("from my other phone");
  }

  @Test
  void repeated_requests_with_one_key_send_one_text() throws Exception {
    String key = "key-" + UUID.randomUUID();
    List<CompletableFuture<Response>> asked =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> send(Map.of("text", "Once", "includeCode", true), key)))
            .toList();
    List<String> answers =
        asked.stream().map(one -> one.join().path("mapping.code").toString()).toList();
    assertThat(answers.stream().distinct()).hasSize(1);
    String id = asked.get(0).join().path("id");
    awaitState(id, "sent");
    send(Map.of("text", "Once", "includeCode", true), key)
        .then()
        .statusCode(202)
        .header("Idempotency-Replayed", equalTo("true"))
        .body("id", equalTo(id))
        .body("mapping.code", equalTo(answers.get(0)));
    send(Map.of("text", "Another"), key).then().statusCode(409);
    assertThat(twilio.requests(to)).hasSize(1);
    // The code in the response is the valid code.
    Twilio.sms(answers.get(0))
        .from("+1667" + to.substring(5))
        .to(OURS)
        .arrives()
        .then()
        .statusCode(200)
        .body(containsString("You are now in"));
  }

  @Test
  void a_long_text_goes_out_in_parts_in_their_order() {
    Response queued = send(Map.of("text", "word ".repeat(700)));
    queued.then().statusCode(202).body("parts", hasSize(3)).body("segments", equalTo(25));
    List<String> parts = queued.path("parts");
    parts.forEach(part -> awaitState(part, "sent"));
    assertThat(twilio.taken(to).stream().map(FakeTwilio.Request::text))
        .hasSize(3)
        .satisfiesExactly(
            one -> assertThat(one).startsWith("(1/3) "),
            two -> assertThat(two).startsWith("(2/3) "),
            three -> assertThat(three).startsWith("(3/3) "));
    get(parts.get(1)).then().body("part", equalTo(2)).body("parts", equalTo(3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Dial *131*2#",
        "5*3*2=30",
        "price ~5~10 EUR",
        "5. a\n7. b",
        "tracking:\n\n[1]: https://example.com/t/123",
        "C:\\_temp\\*.txt",
        "Your password: `a*b_c`` \\*d",
        "**not bold** # no heading",
        "  two before and behind  ",
        "\tTab\r\nWindows\rMac\n\n\n",
        "<b>&amp;</b> <https://example.com>",
        "e\u0301 \u00e9 \u212B \uFB01 \u200F\u202E \uFEFF",
        "🇩🇪 👨‍👩‍👧 1️⃣ 👍🏽",
        "\u1112\u1161\u11AB क्षि",
        "\u0007 bell"
      })
  void an_api_callers_text_is_sent_character_for_character(String text) {
    String id = send(Map.of("text", text)).path("id");
    awaitState(id, "sent");
    assertThat(twilio.taken(to).get(0).text()).isEqualTo(text);
    api()
        .body(Map.of("text", text))
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(202);
    await().until(() -> twilio.taken(to).size() == 2);
    assertThat(twilio.taken(to).get(1).text()).isEqualTo(text);
  }

  @Test
  void a_caller_asks_for_markdown_to_be_made_plain() {
    String text = "**Hi** [us](https://example.com), dial *131*2#";
    String plain = "Hi us (https://example.com), dial *131*2#";
    String key = "key-" + UUID.randomUUID();
    awaitState(send(Map.of("text", text, "format", "markdown"), key).path("id"), "sent");
    send(Map.of("text", text, "format", "text"), key).then().statusCode(409);
    api()
        .body(Map.of("text", text, "format", "markdown"))
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(202);
    await().until(() -> twilio.taken(to).size() == 2);
    assertThat(twilio.taken(to)).allMatch(request -> request.text().equals(plain));
    for (Object wrong : List.of("html", "Markdown", "", 1, true)) {
      send(Map.of("text", text, "format", wrong))
          .then()
          .statusCode(400)
          .body("error", containsString("format must be"));
      api()
          .body(Map.of("text", text, "format", wrong))
          .post("/api/sms/conversations/" + conversation)
          .then()
          .statusCode(400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a\\u0000b,NUL at index 1",
    "\\ud83d,half of a surrogate pair (U+D83D) at index 0",
    "ab\\ude00c,half of a surrogate pair (U+DE00) at index 2"
  })
  void a_text_that_cannot_be_sent_is_refused(String escaped, String error) {
    String body =
        "{\"to\":\"%s\",\"conversationId\":\"%s\",\"text\":\"%s\"}"
            .formatted(to, conversation, escaped);
    api().body(body).post("/api/sms").then().statusCode(400).body("error", containsString(error));
    api()
        .body("{\"text\":\"" + escaped + "\"}")
        .post("/api/sms/conversations/" + conversation)
        .then()
        .statusCode(400)
        .body("error", containsString(error));
  }

  @ParameterizedTest
  @ValueSource(strings = {"> ", "- ", "<", "[", "*a ", "`", "|"})
  void a_text_made_of_marks_goes_out_in_either_format(String marks) {
    String text = marks.repeat(3_200 / marks.length() - 1) + "x";
    // A person for each: two of these have more segments than one person may get in a day.
    for (String format : List.of("text", "markdown")) {
      String person = format.equals("text") ? to : "+1559" + to.substring(5);
      Response queued = send(Map.of("to", person, "text", text, "format", format));
      queued.then().statusCode(202);
      List<String> parts = queued.path("parts");
      parts.forEach(part -> awaitState(part, "sent"));
      assertThat(twilio.taken(person)).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void texts_to_one_person_keep_their_order_also_when_one_has_to_wait() {
    twilio.with(to, Mood.UNAVAILABLE, Mood.TOO_MANY);
    List<String> ids =
        IntStream.range(0, 5)
            .mapToObj(i -> send(Map.of("text", "Text " + i)).<String>path("id"))
            .toList();
    ids.forEach(id -> awaitState(id, "sent"));
    assertThat(twilio.taken(to).stream().map(FakeTwilio.Request::text))
        .containsExactly("Text 0", "Text 1", "Text 2", "Text 3", "Text 4");
  }

  @Test
  void a_429_is_tried_again_not_before_its_time() {
    twilio.with(to, Mood.TOO_MANY);
    String id = send(Map.of("text", "Later")).path("id");
    awaitState(id, "sent");
    List<FakeTwilio.Request> requests = twilio.requests(to);
    assertThat(requests).hasSize(2);
    assertThat(Duration.between(requests.get(0).at(), requests.get(1).at()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    get(id)
        .then()
        .body("history.status", equalTo(List.of("queued", "sending", "queued", "sending", "sent")))
        .body("history[2].cause", containsString("received too many requests"));
  }

  @ParameterizedTest
  @CsvSource({"NO_NUMBER,failed,21211,not a phone number", "OPTED_OUT,blocked,21610,opted out"})
  void a_text_that_twilio_refuses_is_not_retried(Mood mood, String state, int code, String cause) {
    twilio.with(to, mood);
    String id = send(Map.of("text", "No")).path("id");
    awaitState(id, state);
    get(id).then().body("errorCode", equalTo(code)).body("cause", containsString(cause));
    assertThat(twilio.requests(to)).hasSize(1);
  }

  @Test
  void after_a_21610_nothing_more_is_sent_until_the_person_says_start() {
    twilio.with(to, Mood.OPTED_OUT);
    awaitState(send(Map.of("text", "No")).path("id"), "blocked");
    send(Map.of("text", "Again")).then().statusCode(409).body("error", containsString("opted out"));
    Twilio.sms("start").from(to).to(OURS).arrives().then().statusCode(200);
    awaitState(send(Map.of("text", "Welcome back")).path("id"), "sent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TAKES_AND_HANGS", "TAKES_AND_DROPS", "DROPS", "INTERNAL", "GATEWAY"})
  void a_request_that_left_without_an_answer_is_never_sent_again(Mood mood) {
    twilio.with(to, mood);
    String id = send(Map.of("text", "Perhaps")).path("id");
    awaitState(id, "ambiguous");
    get(id).then().body("cause", notNullValue());
    // No callback comes: a person has to decide.
    callbackTimeoutEnds(id);
    awaitState(id, "dead");
    assertThat(twilio.requests(to)).hasSize(1);
    api()
        .get("/api/sms?state=dead&conversationId=" + conversation)
        .then()
        .body("total", equalTo(1))
        .body("items[0].id", equalTo(id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "201 | {\"sid\":\"{sid}\",\"status\":\"queued\",\"error_code\":null} | sent | -",
        "200 | {\"sid\":\"{sid}\",\"status\":\"accepted\"} | sent | -",
        "201 | {\"sid\":\"{sid}\"} | sent | -",
        "201 | {\"sid\":\"{sid}\",\"status\":\"something new\"} | sent | -",
        "201 | {\"sid\":\"{sid}\",\"status\":\"delivered\"} | delivered | -",
        "201 | {\"sid\":\"{sid}\",\"status\":\"failed\",\"error_code\":30007,\"error_message\":\"x\"} | failed | 30007",
        "201 | {\"sid\":\"{sid}\",\"status\":\"failed\",\"error_code\":\"30001\"} | failed | 30001",
        "201 | {\"sid\":\"{sid}\",\"status\":\"undelivered\",\"error_code\":30008} | undelivered | 30008",
        "201 | {\"sid\":\"{sid}\",\"status\":\"undelivered\"} | undelivered | -",
        "201 | {\"sid\":\"{sid}\",\"status\":\"canceled\"} | failed | -",
        "201 | {\"sid\":\"{sid}\",\"error_code\":30034} | failed | 30034",
        "201 | {\"sid\":\"{sid}\",\"status\":\"sent\",\"error_code\":30034} | sent | 30034",
        "201 | {\"sid\":\"{sid}\",\"status\":\"failed\",\"error_code\":21610} | blocked | 21610",
      })
  void the_status_in_twilios_response_is_stored(
      int status, String body, String state, Integer code) {
    twilio.answers(to, new FakeTwilio.Answer(status, body));
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, state);
    get(id)
        .then()
        .body("errorCode", equalTo(code))
        .body("sid", equalTo(twilio.taken(to).get(0).sid()))
        .body(
            "cause",
            code == null && !state.equals("undelivered") && !state.equals("failed")
                ? nullValue()
                : notNullValue());
    assertThat(twilio.requests(to)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "201 | {} | not with a message",
        "201 | {\"sid\":null} | not with a message",
        "201 | {\"sid\":\"\"} | not with a message",
        "201 | {\"sid\":\"two words\"} | not with a message",
        "201 | [1,2 | not with a message",
        "201 | 7 | not with a message",
        "202 | no JSON | not with a message",
        "204 | '' | not with a message",
        "502 | <html> | responded 502"
      })
  void an_answer_that_names_no_message_leaves_it_open_whether_the_text_goes(
      int status, String body, String cause) {
    twilio.answers(to, new FakeTwilio.Answer(status, body));
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "ambiguous");
    get(id).then().body("cause", containsString(cause)).body("sid", nullValue());
    assertThat(twilio.requests(to)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "TAKES_AND_TELLS_TOO_MUCH,response was too large",
    "TAKES_AND_DRIPS,was sent but no response arrived"
  })
  void an_answer_without_an_end_is_not_waited_for(Mood mood, String cause) {
    twilio.with(to, mood);
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "ambiguous");
    get(id).then().body("cause", containsString(cause));
    assertThat(twilio.requests(to)).hasSize(1);
  }

  @Test
  void a_sid_that_twilio_gives_twice_is_said_so_and_each_text_keeps_its_own_word() {
    String first = send(Map.of("text", "One")).path("id");
    awaitState(first, "sent");
    String sid = twilio.taken(to).get(0).sid();
    twilio.answers(
        to, new FakeTwilio.Answer(201, "{\"sid\":\"" + sid + "\",\"status\":\"queued\"}"));
    String second = send(Map.of("text", "Two")).path("id");
    awaitState(second, "ambiguous");
    get(second)
        .then()
        .body(
            "cause",
            equalTo(
                "Twilio answered with the SID of another text; whether Twilio has this text is"
                    + " unknown"));
    Twilio.status(sid, "delivered").arrivesFor(second).then().statusCode(200);
    get(second).then().body("status", equalTo("delivered")).body("sid", nullValue());
    Twilio.status(sid, "undelivered").error(30003).arrivesFor(first).then().statusCode(200);
    get(first).then().body("status", equalTo("undelivered")).body("sid", equalTo(sid));
    get(second).then().body("status", equalTo("delivered"));
    assertThat(twilio.requests(to)).hasSize(2);
  }

  @Test
  void a_sid_of_an_earlier_try_of_the_same_text_is_said_so() {
    String id = send(Map.of("text", "One")).path("id");
    awaitState(id, "sent");
    String sid = twilio.taken(to).get(0).sid();
    Twilio.status(sid, "undelivered").error(30003).arrivesFor(id);
    twilio.answers(to, new FakeTwilio.Answer(201, "{\"sid\":\"" + sid + "\"}"));
    api().post("/api/sms/" + id + "/requeue").then().statusCode(200);
    awaitState(id, "ambiguous");
    get(id).then().body("cause", containsString("the SID of an earlier try"));
    assertThat(twilio.requests(to)).hasSize(2);
  }

  @Test
  void a_status_callback_settles_an_ambiguous_text_also_after_it_became_a_dead_letter() {
    twilio.with(to, Mood.TAKES_AND_DROPS);
    String id = send(Map.of("text", "Perhaps")).path("id");
    awaitState(id, "ambiguous");
    callbackTimeoutEnds(id);
    awaitState(id, "dead");
    Twilio.status(twilio.taken(to).get(0).sid(), "delivered").arrivesFor(id);
    get(id).then().body("status", equalTo("delivered")).body("nextAttemptAt", nullValue());
    assertThat(twilio.requests(to)).hasSize(1);
  }

  @Test
  void a_dead_letter_is_sent_again_only_by_hand() {
    twilio.with(to, Mood.DROPS);
    String id = send(Map.of("text", "Once more")).path("id");
    awaitState(id, "ambiguous");
    callbackTimeoutEnds(id);
    awaitState(id, "dead");
    api()
        .post("/api/sms/" + id + "/requeue")
        .then()
        .statusCode(200)
        .body("status", equalTo("queued"));
    awaitState(id, "sent");
    assertThat(twilio.taken(to)).hasSize(1);
    api().post("/api/sms/" + id + "/requeue").then().statusCode(409);
    api().delete("/api/sms/" + id).then().statusCode(409);
  }

  @Test
  void a_text_that_twilio_never_accepts_becomes_a_dead_letter_and_can_be_dropped() {
    twilio.always(to, Mood.UNAVAILABLE);
    String id = send(Map.of("text", "Never")).path("id");
    awaitState(id, "dead");
    assertThat(twilio.requests(to)).hasSize(3);
    get(id).then().body("attempts", equalTo(3)).body("cause", containsString("not available"));
    api().delete("/api/sms/" + id).then().statusCode(204);
    get(id).then().statusCode(404);
  }

  @Test
  void a_connection_that_is_refused_is_safe_to_try_again() {
    twilio.hangUp();
    String id;
    try {
      id = send(Map.of("text", "Are you there?")).path("id");
      // One response for the state and its cause: the next attempt may begin between two requests.
      await()
          .untilAsserted(
              () ->
                  get(id)
                      .then()
                      .body("status", is(oneOf("queued", "dead")))
                      .body("cause", containsString("could not be reached")));
    } finally {
      twilio.pickUp();
    }
    // The last try may have begun before Twilio could be reached again, and may end at any time.
    await()
        .until(
            () -> {
              String state = get(id).path("status");
              if (state.equals("dead")) {
                api().post("/api/sms/" + id + "/requeue");
              }
              return state.equals("sent");
            });
    assertThat(twilio.taken(to)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "delivered;sent;queued, delivered",
    "sent;delivered;sent;delivered, delivered",
    "undelivered;sent, undelivered",
    "undelivered;delivered, delivered",
    "delivered;undelivered, delivered",
    "read, read",
    "delivered;read;sent;delivered, read",
    "read;undelivered;delivered, read",
    "canceled, failed"
  })
  void the_highest_state_wins_in_any_order_of_callbacks(String statuses, String state) {
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "sent");
    String sid = twilio.taken(to).get(0).sid();
    for (String status : statuses.split(";")) {
      Twilio.status(sid, status).arrivesFor(id).then().statusCode(200);
    }
    get(id).then().body("status", equalTo(state));
  }

  @Test
  void a_callback_tells_an_operator_why_a_text_did_not_arrive() {
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "sent");
    Twilio.status(twilio.taken(to).get(0).sid(), "undelivered").error(30003).arrivesFor(id);
    get(id)
        .then()
        .body("status", equalTo("undelivered"))
        .body("errorCode", equalTo(30003))
        .body(
            "cause",
            equalTo("The phone is switched off, out of reach, or no longer in use (30003)"));
  }

  @ParameterizedTest
  @CsvSource({
    "undelivered,30008,undelivered",
    "undelivered,30001,undelivered",
    "failed,30001,failed",
    "failed,20429,failed",
    "failed,63018,failed",
    "undelivered,0,undelivered"
  })
  void a_text_that_twilio_took_is_never_sent_again_by_itself(
      String status, int code, String state) {
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "sent");
    String sid = twilio.taken(to).get(0).sid();
    for (int i = 0; i < 3; i++) {
      Twilio callback = Twilio.status(sid, status);
      (code == 0 ? callback : callback.error(code)).arrivesFor(id).then().statusCode(200);
    }
    get(id).then().body("status", equalTo(state)).body("nextAttemptAt", nullValue());
    // A text that is queued behind it goes at once: nothing of the first is open.
    awaitState(send(Map.of("text", "Next")).path("id"), "sent");
    assertThat(twilio.requests(to)).hasSize(2);
    Twilio.status(sid, "delivered").arrivesFor(id).then().statusCode(200);
    Twilio.status(sid, "sent").arrivesFor(id).then().statusCode(200);
    get(id)
        .then()
        .body("status", equalTo("delivered"))
        .body("errorCode", nullValue())
        .body("cause", nullValue());
    assertThat(twilio.requests(to)).hasSize(2);
  }

  @Test
  void a_requeued_text_whose_first_try_arrives_after_all_is_not_sent_again() {
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "sent");
    String sid = twilio.taken(to).get(0).sid();
    Twilio.status(sid, "undelivered").error(30008).arrivesFor(id);
    twilio.always(to, Mood.UNAVAILABLE);
    api().post("/api/sms/" + id + "/requeue").then().statusCode(200);
    await().until(() -> get(id).<Integer>path("attempts") >= 1);
    await()
        .until(
            () -> {
              Twilio.status(sid, "delivered").arrivesFor(id);
              return get(id).path("status").equals("delivered");
            });
    assertThat(twilio.taken(to)).hasSize(1);
  }

  @Test
  void a_21610_in_a_callback_opts_the_person_out() {
    String id = send(Map.of("text", "Hi")).path("id");
    awaitState(id, "sent");
    Twilio.status(twilio.taken(to).get(0).sid(), "failed").error(21610).arrivesFor(id);
    get(id).then().body("status", equalTo("blocked"));
    send(Map.of("text", "Again")).then().statusCode(409);
  }

  @Test
  void a_callback_about_nothing_of_ours_stores_nothing_and_a_forged_one_is_refused() {
    long before = libreChat.collection("switchboard_outbox").countDocuments();
    Twilio.status(Twilio.newSid(), "delivered").arrivesFor("unknown").then().statusCode(200);
    Twilio.status(Twilio.newSid(), "delivered")
        .signedWith("wrong")
        .arrivesFor("x")
        .then()
        .statusCode(403);
    Twilio.status(Twilio.newSid(), "delivered")
        .withSignature(Twilio.status("SM1", "delivered").signature())
        .arrivesFor("x")
        .then()
        .statusCode(403);
    assertThat(libreChat.collection("switchboard_outbox").countDocuments()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "STOP",
        " stop ",
        "StopAll",
        "unsubscribe",
        "CANCEL",
        "End",
        "quit",
        "REVOKE",
        "OPTOUT"
      })
  void a_person_who_sends_stop_gets_no_more_texts_and_the_keyword_is_in_no_conversation(
      String word) {
    awaitState(send(Map.of("text", "Hi")).path("id"), "sent");
    int before = libreChat.messages(conversation, user).size();
    Twilio.sms(word)
        .from(to)
        .to(OURS)
        .arrives()
        .then()
        .statusCode(200)
        .body(equalTo("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"));
    assertThat(libreChat.messages(conversation, user)).hasSize(before);
    send(Map.of("text", "Still there?"))
        .then()
        .statusCode(409)
        .body("error", containsString("opted out"));
    // From another of our numbers it may go.
    send(Map.of("text", "Other number", "from", "+15557650000")).then().statusCode(202);
    api()
        .get("/api/optouts?limit=200")
        .then()
        .body("items.phoneNumber", org.hamcrest.Matchers.hasItem(to));
  }

  @Test
  void a_word_among_others_is_a_message() {
    awaitState(send(Map.of("text", "Hi")).path("id"), "sent");
    for (String text : List.of("Please stop by", "yes", "The end", "help me")) {
      Twilio.sms(text).from(to).to(OURS).arrives();
      assertThat(libreChat.lastMessage(conversation, user).getString("text")).isEqualTo(text);
    }
  }

  @Test
  void yes_is_an_answer_except_from_a_person_who_has_opted_out() {
    awaitState(send(Map.of("text", "Shall we?")).path("id"), "sent");
    Twilio.sms("STOP").from(to).to(OURS).arrives();
    int before = libreChat.messages(conversation, user).size();
    Twilio.sms("Yes").from(to).to(OURS).arrives();
    assertThat(libreChat.messages(conversation, user)).hasSize(before);
    awaitState(send(Map.of("text", "Again")).path("id"), "sent");
  }

  @Test
  void twilios_own_word_for_it_counts_whatever_the_keyword() {
    Twilio.sms("ARRET").from(to).to(OURS).with("OptOutType", "STOP").arrives();
    send(Map.of("text", "Hi")).then().statusCode(409);
    Twilio.sms("REPRISE").from(to).to(OURS).with("OptOutType", "START").arrives();
    send(Map.of("text", "Hi")).then().statusCode(202);
  }

  @Test
  void a_stop_that_twilio_brings_again_after_a_start_changes_nothing() {
    Twilio stop = Twilio.sms("STOP").from(to).to(OURS);
    stop.arrives();
    Twilio.sms("START").from(to).to(OURS).arrives();
    stop.arrives();
    send(Map.of("text", "Hi")).then().statusCode(202);
  }

  @Test
  void a_stop_to_a_messaging_service_counts_for_the_service() {
    String service = "MG0123456789abcdef0123456789abcdef";
    Twilio.sms("STOP").from(to).to("+15557651111").with("MessagingServiceSid", service).arrives();
    send(Map.of("text", "Hi", "from", service)).then().statusCode(409);
    send(Map.of("text", "Hi", "from", "+15557651111")).then().statusCode(409);
  }

  @Test
  void help_is_answered_with_the_configured_words_and_put_before_nobody() {
    Twilio.sms("HELP")
        .from(to)
        .to(OURS)
        .arrives()
        .then()
        .body(containsString("Call us: +1 555 0100"));
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .countDocuments(new Document("phoneNumber", to)))
        .isZero();
  }

  @Test
  void a_person_who_opts_out_meanwhile_does_not_get_waiting_texts() {
    api().post("/api/spend/pause").then().statusCode(200);
    String id;
    try {
      id = send(Map.of("text", "Later")).path("id");
      Twilio.sms("STOP").from(to).to(OURS).arrives();
    } finally {
      api().post("/api/spend/resume").then().statusCode(200);
    }
    awaitState(id, "blocked");
    assertThat(twilio.requests(to)).isEmpty();
  }

  @Test
  void a_messaging_service_and_other_channels_are_served() {
    String service = "MG0123456789abcdef0123456789abcdef";
    awaitState(send(Map.of("text", "a", "from", service)).path("id"), "sent");
    assertThat(twilio.taken(to).get(0).form())
        .containsEntry("MessagingServiceSid", service)
        .doesNotContainKey("From");
    String whatsapp = "whatsapp:" + to;
    awaitState(send(Map.of("text", "b", "to", whatsapp)).path("id"), "sent");
    assertThat(twilio.taken(whatsapp).get(0).form()).containsEntry("From", "whatsapp:" + OURS);
    String rcs = "rcs:" + to;
    awaitState(send(Map.of("text", "c", "to", rcs, "from", service)).path("id"), "sent");
    assertThat(twilio.taken(rcs)).hasSize(1);
  }

  @Test
  void a_person_is_written_to_from_the_number_that_they_know() {
    api()
        .body(
            Map.of(
                "phoneNumber", to, "conversationId", conversation, "serviceNumber", "+15557652222"))
        .post("/api/mappings");
    awaitState(send(Map.of("text", "Hi")).path("id"), "sent");
    assertThat(twilio.taken(to).get(0).form()).containsEntry("From", "+15557652222");
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .countDocuments(new Document("phoneNumber", to)))
        .isEqualTo(1);
  }

  @Test
  void everybody_in_a_conversation_can_be_written_to_at_once() {
    String second = "+1777" + to.substring(5);
    String third = "+1778" + to.substring(5);
    for (String person : List.of(to, second, third)) {
      api()
          .body(
              Map.of(
                  "phoneNumber",
                  person,
                  "conversationId",
                  conversation,
                  "label",
                  "L" + person.charAt(3)))
          .post("/api/mappings");
    }
    Twilio.sms("STOP").from(third).to(OURS).arrives();
    String key = "group-" + UUID.randomUUID();
    for (int i = 0; i < 2; i++) {
      api()
          .header("Idempotency-Key", key)
          .body(Map.of("text", "We start at 10"))
          .post("/api/sms/conversations/" + conversation)
          .then()
          .statusCode(202)
          .body("people", hasSize(3))
          .body("people.findAll { it.status == 'refused' }", hasSize(1));
    }
    await().until(() -> twilio.taken(to).size() == 1 && twilio.taken(second).size() == 1);
    assertThat(twilio.requests(third)).isEmpty();
    api()
        .body(Map.of("text", "x"))
        .post("/api/sms/conversations/" + UUID.randomUUID())
        .then()
        .statusCode(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "to|555|to must be a phone number",
        "to||to is required",
        "text| |text is required",
        "conversationId|abc|must be a UUID",
        "from|not a number|from must be a phone number"
      })
  void a_wrong_request_is_refused(String field, String value, String error) {
    Map<String, Object> body = new HashMap<>(Map.of("text", "Hi"));
    body.put(field, value == null ? "" : value);
    if (field.equals("to") && value != null) {
      body.put("to", "+555");
    }
    send(body).then().statusCode(400).body("error", containsString(error));
  }

  @Test
  void other_wrong_requests_are_refused_too() {
    send(Map.of("text", "x".repeat(32_001))).then().statusCode(400);
    send(Map.of("text", "x", "includeCode", "yes")).then().statusCode(400);
    send(Map.of("text", "x"), "with blank").then().statusCode(400);
    send(Map.of("text", "x", "conversationId", UUID.randomUUID().toString()))
        .then()
        .statusCode(404);
    api()
        .get("/api/sms?state=lost")
        .then()
        .statusCode(400)
        .body("error", containsString("ambiguous"));
    given().contentType(ContentType.JSON).body("{}").post("/api/sms").then().statusCode(401);
    assertThat(twilio.requests(to)).isEmpty();
  }

  @Test
  void forgetting_a_person_forgets_the_texts_but_not_the_opt_out() {
    awaitState(send(Map.of("text", "Hi")).path("id"), "sent");
    Twilio.sms("STOP").from(to).to(OURS).arrives();
    api()
        .delete("/api/people/" + to)
        .then()
        .statusCode(200)
        .body("outbox", equalTo(1))
        .body("optOuts", equalTo(1));
    assertThat(libreChat.collection("switchboard_optouts").find().map(Document::toJson))
        .noneMatch(json -> json.contains(to));
    send(Map.of("text", "Hi again")).then().statusCode(409);
    Twilio.sms("START").from(to).to(OURS).arrives();
    send(Map.of("text", "Hi again")).then().statusCode(202);
  }

  @Test
  void metrics_count_the_states_of_texts() {
    awaitState(send(Map.of("text", "Hi")).path("id"), "sent");
    given()
        .get("/q/metrics")
        .then()
        .body(containsString("switchboard_sms_total{state=\"sent\"}"))
        .body(containsString("switchboard_outbox_oldest_seconds"))
        .body(not(containsString(to)));
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
    await().untilAsserted(() -> assertThat(get(id).<String>path("status")).isEqualTo(state));
  }

  /** The time in which Twilio could call back is over. */
  private void callbackTimeoutEnds(String id) {
    libreChat
        .collection("switchboard_outbox")
        .updateOne(
            new Document("_id", id).append("state", "AMBIGUOUS"),
            new Document("$set", new Document("nextAttemptAt", new Date(0))));
  }

  private Document entry(String id) {
    return libreChat.collection("switchboard_outbox").find(new Document("_id", id)).first();
  }
}
