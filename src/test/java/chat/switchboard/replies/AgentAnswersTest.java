package chat.switchboard.replies;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;

import chat.switchboard.outbound.OutgoingText;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.support.Browser;
import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Asked;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.ReplyLease;
import chat.switchboard.support.SentTexts;
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
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LibreChat's agent answers what came from outside: once, and the answer goes to the phone. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(AgentAnswersTest.Answering.class)
class AgentAnswersTest {

  private static final String SHOP = "+15550008001";
  private static final String QUIET_NUMBER = "+15550008002";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** A number whose texts get answers, with short timeouts. */
  public static class Answering implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.ofEntries(
          Map.entry("switchboard.numbers.\"" + SHOP + "\".auto-reply", "true"),
          Map.entry("switchboard.notices.new-conversation", ""),
          Map.entry("switchboard.notices.no-answer", "No answer today"),
          Map.entry("switchboard.replies.debounce", "400ms"),
          Map.entry("switchboard.replies.timeout", "12s"),
          Map.entry("switchboard.replies.initial-backoff", "200ms"),
          Map.entry("switchboard.replies.max-attempts", "3"),
          Map.entry("switchboard.replies.per-sender", "3"),
          Map.entry("switchboard.replies.per-owner", "8"),
          Map.entry("switchboard.limits.sms-per-minute", "20"));
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(SentTexts.class);
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private FakeLibreChat agent;
  private String owner;
  private String number;

  @BeforeEach
  void aPhone() {
    agent = FakeLibreChat.Resource.get();
    owner = libreChat.owner();
    number = newNumber();
  }

  @AfterEach
  void close() {
    agent.down(false);
    libreChat.close();
  }

  @Test
  void a_text_is_answered_in_its_conversation_and_on_the_phone() {
    Browser browser = Browser.open(LibreChat.token(owner)).connected();
    Twilio.sms("What are your opening hours?").from(number).to(SHOP).arrives();
    OutgoingText text = await().atMost(SOON).until(this::texted, list -> list.size() == 1).get(0);
    String conversation = conversation();
    List<Document> messages = libreChat.messages(conversation, owner);
    Document question = messages.get(0);
    Document answer = messages.get(1);
    assertThat(messages).hasSize(2);
    assertThat(answer)
        .containsEntry("parentMessageId", question.getString("messageId"))
        .containsEntry("sender", "GPT");
    // The model's thoughts stay in LibreChat.
    assertThat(text.text()).isEqualTo("Answer to: What are your opening hours?");
    assertThat(text.format()).isEqualTo(TextFormat.MARKDOWN);
    assertThat(text.from()).contains(SHOP);
    assertThat(text.conversationId()).isEqualTo(conversation);
    try (browser) {
      assertThat(browser.heard(answer.getString("messageId")).json().getString("type"))
          .isEqualTo("agentReply");
    }
    await()
        .atMost(SOON)
        .until(() -> "answered".equals(reply(question.getString("messageId")).path("state")));
    reply(question.getString("messageId"))
        .then()
        .body("answerId", equalTo(answer.getString("messageId")))
        .body("phoneNumbers", hasItem(number))
        .body("history.state", equalTo(List.of("pending", "asking", "answered")));
  }

  @Test
  void the_agent_is_asked_like_librechats_page_with_a_token_valid_for_a_minute() {
    String conversation =
        libreChat.conversation(
            owner, new Document("endpoint", "Some Endpoint").append("endpointType", "custom"));
    String parent = libreChat.lastMessage(conversation, owner).getString("messageId");
    String id =
        inject(conversation, "Hello", true).then().statusCode(201).extract().path("messageId");
    await().atMost(SOON).until(() -> agent.answers(conversation, owner).size() == 1);
    Asked asked = agent.asked(conversation).get(0);
    assertThat(agent.asked(conversation)).hasSize(1);
    assertThat(asked.path()).isEqualTo("Some Endpoint");
    assertThat(asked.userAgent())
        .startsWith("Mozilla/5.0 ")
        .contains("Chrome/")
        .contains("Switchboard");
    assertThat(asked.body())
        .containsEntry("text", "Hello")
        .containsEntry("parentMessageId", parent)
        .containsEntry("overrideUserMessageId", id)
        .containsEntry("endpoint", "Some Endpoint")
        .containsEntry("endpointType", "custom")
        .containsEntry("model", "gpt-4o-mini")
        .containsEntry("clientRequestId", "switchboard:" + id)
        .containsEntry("generationProtocolVersion", 2)
        .containsEntry("isTemporary", false)
        .doesNotContainKey("agent_id");
    assertThat(asked.claims()).containsEntry("id", owner);
    assertThat(asked.claims().getInteger("exp") - asked.claims().getInteger("iat")).isEqualTo(60);
  }

  @Test
  void an_agents_conversation_is_asked_for_its_agent() {
    String conversation =
        libreChat.conversation(
            owner, new Document("endpoint", "agents").append("agent_id", "agent_shop"));
    inject(conversation, "Hello", true).then().statusCode(201);
    await().atMost(SOON).until(() -> agent.answers(conversation, owner).size() == 1);
    Asked asked = agent.asked(conversation).get(0);
    assertThat(asked.path()).isEqualTo("agents");
    assertThat(asked.body()).containsEntry("agent_id", "agent_shop").doesNotContainKey("model");
  }

  @Test
  void a_burst_is_answered_once_after_it() {
    String conversation = libreChat.conversation(owner);
    List<String> parts = new ArrayList<>();
    // However long the four take on a busy machine, they are one burst.
    ReplyLease.held(
        libreChat,
        conversation,
        () -> {
          for (int i = 1; i <= 4; i++) {
            parts.add(injectSms(conversation, "Part " + i).path("messageId"));
          }
        });
    await().atMost(SOON).until(() -> texted().size() == 1);
    List<Document> messages = libreChat.messages(conversation, owner);
    List<Document> burst = messages.subList(messages.size() - 5, messages.size());
    assertThat(burst.subList(0, 4))
        .extracting(message -> message.getString("messageId"))
        .isEqualTo(parts);
    assertOneLine(burst);
    assertThat(texted().get(0).text()).isEqualTo("Answer to: Part 4");
    assertThat(agent.generated(conversation)).hasSize(1);
    await().atMost(SOON).until(() -> "skipped".equals(reply(parts.get(0)).path("state")));
    reply(parts.get(0)).then().body("coveredBy", equalTo(parts.get(3)));
  }

  @Test
  void a_text_during_an_answer_goes_behind_the_answer_and_gets_a_separate_answer() {
    Twilio.sms("First").from(number).to(SHOP).arrives();
    await().until(() -> conversation() != null);
    agent.willBe(conversation(), Manner.ANSWERS_SLOWLY);
    await().atMost(SOON).until(() -> agent.asked(conversation()).size() == 1);
    Twilio.sms("Second").from(number).to(SHOP).arrives().then().statusCode(200);
    Twilio.sms("Third").from(number).to(SHOP).arrives().then().statusCode(200);
    await().atMost(SOON).until(() -> texted().size() == 2);
    List<Document> messages = libreChat.messages(conversation(), owner);
    assertThat(words(messages))
        .containsExactly("First", "Answer to: First", "Second", "Third", "Answer to: Third");
    assertOneLine(messages);
    assertThat(agent.destroyed()).isEmpty();
  }

  @ParameterizedTest(name = "LibreChat {0}: {1} tries, then {2}")
  @CsvSource({
    "ANSWERS, 1, answered",
    "ANSWERS_SLOWLY, 1, answered",
    "ANSWERS_LATE, 1, answered",
    "DROPS_THE_STREAM, 1, answered",
    "HAS_NO_STREAM, 1, answered",
    "HANGS_IN_THE_STREAM, 1, answered",
    "HANGS, 2, answered",
    "REFUSES, 2, answered",
    "ANSWERS_WITH_AN_ERROR, 2, answered",
    "IS_STOPPED, 2, answered",
    "FAILS_IN_THE_STREAM, 2, answered",
    "ENDS_WITHOUT_AN_ANSWER, 2, answered",
    "IS_OUT_OF_QUOTA, 2, answered",
    "IS_ASKED_TOO_MUCH, 2, answered",
    "IS_BROKEN, 2, answered",
    "REFUSES_THE_TOKEN, 2, answered",
    "IS_DOWN, 2, answered",
    "CALLS_IT_ILLEGAL, 1, dead"
  })
  void whatever_goes_wrong_once_there_is_one_answer_in_the_end(
      Manner manner, int tries, String state) {
    String conversation = libreChat.conversation(owner);
    agent.willBe(conversation, manner);
    String id = injectSms(conversation, "Hello").path("messageId");
    await().atMost(SOON).until(() -> state.equals(reply(id).path("state")));
    assertThat(agent.asked(conversation)).hasSize(tries);
    boolean answered = state.equals("answered");
    assertThat(agent.answers(conversation, owner)).hasSize(answered ? 1 : 0);
    assertThat(texted())
        .extracting(OutgoingText::text)
        .containsExactly(answered ? "Answer to: Hello" : "No answer today");
    // The same question twice would be answered once; only where it came to nothing it is another.
    assertThat(new HashSet<>(agent.generated(conversation)))
        .hasSameSizeAs(agent.generated(conversation));
    assertThat(agent.destroyed()).isEmpty();
  }

  @ParameterizedTest(name = "LibreChat {0} every time")
  @CsvSource({
    "REFUSES, refused the question: convo_access",
    "ANSWERS_WITH_AN_ERROR, ended in an error",
    "IS_STOPPED, was stopped",
    "ENDS_WITHOUT_AN_ANSWER, ended early",
    "FAILS_IN_THE_STREAM, could not generate an answer: model_not_found",
    "IS_ASKED_TOO_MUCH, refuses further requests",
    "IS_BROKEN, status 500",
    "REFUSES_THE_TOKEN, JWT_SECRET",
    "IS_DOWN, did not respond"
  })
  void a_question_whose_attempts_all_fail_is_a_dead_letter_with_an_apology(
      Manner manner, String cause) {
    String conversation = libreChat.conversation(owner);
    agent.willBe(conversation, manner, manner, manner);
    String id = injectSms(conversation, "Hello").path("messageId");
    await().atMost(SOON).until(() -> "dead".equals(reply(id).path("state")));
    reply(id).then().body("error", containsString(cause)).body("attempts", equalTo(3));
    assertThat(agent.asked(conversation)).hasSize(3);
    assertThat(texted()).extracting(OutgoingText::text).containsExactly("No answer today");
    authorized()
        .queryParam("state", "dead")
        .queryParam("limit", 200)
        .get("/api/replies")
        .then()
        .body("items.find { it.id == '" + id + "' }.error", notNullValue());

    authorized().post("/api/replies/{id}/requeue", id).then().statusCode(200);
    await().atMost(SOON).until(() -> "answered".equals(reply(id).path("state")));
    assertThat(texted())
        .extracting(OutgoingText::text)
        .containsExactlyInAnyOrder("No answer today", "Answer to: Hello");
    authorized().post("/api/replies/{id}/requeue", id).then().statusCode(409);
    authorized().delete("/api/replies/{id}", id).then().statusCode(409);
  }

  @Test
  void while_librechat_is_down_texts_are_taken_and_are_answered_together_when_it_is_back() {
    agent.down(true);
    Twilio.sms("Anybody there?").from(number).to(SHOP).arrives().then().statusCode(200);
    await().atMost(SOON).until(() -> libreChat.messages(conversation(), owner).size() == 1);
    Twilio.sms("Hello?").from(number).to(SHOP).arrives().then().statusCode(200);
    await().atMost(SOON).until(() -> libreChat.messages(conversation(), owner).size() == 2);
    agent.down(false);
    await().atMost(SOON).until(() -> texted().size() == 1);
    assertThat(texted().get(0).text()).isEqualTo("Answer to: Hello?");
    assertOneLine(libreChat.messages(conversation(), owner));
  }

  @Test
  void where_the_owner_has_gone_on_nothing_is_put_beside() {
    String conversation = libreChat.conversation(owner);
    agent.willBe(conversation, Manner.IS_ASKED_TOO_MUCH);
    String id = injectSms(conversation, "Hello").path("messageId");
    await().atMost(SOON).until(() -> agent.asked(conversation).size() == 1);
    libreChat.message(conversation, owner, id, "User", new Date());
    await().atMost(SOON).until(() -> "skipped".equals(reply(id).path("state")));
    reply(id).then().body("error", containsString("gone on"));
    assertThat(agent.asked(conversation)).hasSize(1);
    assertThat(texted()).isEmpty();
  }

  @Test
  void reply_is_for_the_caller_to_say_and_otherwise_for_the_number() {
    String conversation = libreChat.conversation(owner);
    inject(conversation, "Not asked for", null).then().statusCode(201);
    inject(conversation, "Not wanted", false).then().statusCode(201);
    Twilio.sms("To a number that is quiet").from(number).to(QUIET_NUMBER).arrives();
    byPhone(SHOP, false).then().statusCode(201);
    String answered = byPhone(SHOP, null).then().statusCode(201).extract().path("messageId");
    await().atMost(SOON).until(() -> "answered".equals(reply(answered).path("state")));
    assertThat(agent.asked(conversation)).isEmpty();
    assertThat(agent.asked(conversation())).hasSizeLessThanOrEqualTo(1);
    assertThat(
            libreChat
                .collection("switchboard_replies")
                .countDocuments(new Document("conversationId", conversation)))
        .isZero();
  }

  @Test
  void two_programs_that_answer_each_other_come_to_an_end() {
    for (int i = 1; i <= 3; i++) {
      int so = i;
      Twilio.sms("Ping " + i).from(number).to(SHOP).arrives();
      await().atMost(SOON).until(() -> texted().size() == so);
      String last = lastQuestion();
      await().atMost(SOON).until(() -> "answered".equals(reply(last).path("state")));
    }
    Twilio.sms("Ping 4").from(number).to(SHOP).arrives();
    await().atMost(SOON).until(() -> libreChat.messages(conversation(), owner).size() == 7);
    String last = lastQuestion();
    await().atMost(SOON).until(() -> "skipped".equals(reply(last).path("state")));
    reply(last).then().body("error", containsString("Too many"));
    assertThat(agent.asked(conversation())).hasSize(3);
    assertThat(texted()).hasSize(3);
    given().get("/q/metrics").then().body(containsString("switchboard_replies_limited_total"));
  }

  @Test
  void our_own_numbers_and_those_who_opted_out_are_not_answered() {
    SentTexts.OPTED_OUT.add(number);
    Twilio.sms("Hello").from(number).to(SHOP).arrives();
    await().atMost(SOON).until(() -> conversation() != null && !questions().isEmpty());
    String silent = lastQuestion();
    await().atMost(SOON).until(() -> "skipped".equals(reply(silent).path("state")));
    assertThat(agent.asked(conversation())).isEmpty();

    String other = libreChat.conversation(owner);
    number = SHOP;
    String echo = injectSms(other, "An echo").path("messageId");
    await().atMost(SOON).until(() -> "skipped".equals(reply(echo).path("state")));
    assertThat(agent.asked(other)).isEmpty();
  }

  @Test
  void a_waiting_reply_can_be_dropped_only_with_the_key() {
    String conversation = libreChat.conversation(owner);
    agent.willBe(conversation, Manner.IS_ASKED_TOO_MUCH);
    String id = injectSms(conversation, "Hello").path("messageId");
    await()
        .atMost(SOON)
        .until(
            () ->
                "pending".equals(reply(id).path("state"))
                    && Integer.valueOf(1).equals(reply(id).path("attempts")));
    given().get("/api/replies").then().statusCode(401);
    authorized().delete("/api/replies/{id}", id).then().statusCode(204);
    authorized().delete("/api/replies/{id}", id).then().statusCode(404);
    reply(id).then().statusCode(404);
    authorized().get("/api/replies?state=odd").then().statusCode(400);
    assertThat(texted()).isEmpty();
  }

  private List<OutgoingText> texted() {
    return SentTexts.to(number);
  }

  private static List<String> words(List<Document> messages) {
    return messages.stream()
        .map(
            message -> {
              List<Document> content = message.getList("content", Document.class);
              return content == null
                  ? message.getString("text")
                  : content.get(content.size() - 1).getString("text");
            })
        .toList();
  }

  private static void assertOneLine(List<Document> messages) {
    for (int i = 1; i < messages.size(); i++) {
      assertThat(messages.get(i))
          .containsEntry("parentMessageId", messages.get(i - 1).getString("messageId"));
    }
  }

  private List<Document> questions() {
    return libreChat.messages(conversation(), owner).stream()
        .filter(message -> message.containsKey("metadata"))
        .toList();
  }

  private String lastQuestion() {
    List<Document> all = questions();
    return all.get(all.size() - 1).getString("messageId");
  }

  private String conversation() {
    Document mapping =
        libreChat
            .collection("switchboard_mappings")
            .find(new Document("phoneNumber", number).append("serviceNumber", SHOP))
            .first();
    return mapping == null ? null : mapping.getString("conversationId");
  }

  private static RequestSpecification authorized() {
    return given().header("X-API-Key", TestDatabase.API_KEY);
  }

  private static Response reply(String id) {
    return authorized().get("/api/replies/{id}", id);
  }

  private static Response inject(String conversation, String text, Boolean reply) {
    Document body = new Document("role", "external").append("content", text);
    if (reply != null) {
      body.append("reply", reply);
    }
    return authorized()
        .contentType(ContentType.JSON)
        .body(body.toJson())
        .post("/api/messages/{id}/external", conversation);
  }

  private Response injectSms(String conversation, String text) {
    return authorized()
        .contentType(ContentType.JSON)
        .body(
            new Document("role", "external")
                .append("content", text)
                .append("reply", true)
                .append("metadata", new Document("source", "sms").append("phoneNumber", number))
                .toJson())
        .post("/api/messages/{id}/external", conversation);
  }

  private Response byPhone(String to, Boolean reply) {
    Document body =
        new Document("role", "external")
            .append("content", "Hello")
            .append("from", number)
            .append("to", to);
    if (reply != null) {
      body.append("reply", reply);
    }
    return authorized()
        .contentType(ContentType.JSON)
        .body(body.toJson())
        .post("/api/messages/external");
  }

  private static String newNumber() {
    return "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
  }
}
