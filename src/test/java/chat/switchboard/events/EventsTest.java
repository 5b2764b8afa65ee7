package chat.switchboard.events;

import static com.mongodb.client.model.Filters.eq;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeReceiver;
import chat.switchboard.support.FakeReceiver.Mood;
import chat.switchboard.support.FakeReceiver.Received;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.SentTexts;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.mongodb.client.model.Updates;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Outgoing events, from the doors to receivers that behave badly. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeReceiver.Resource.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(EventsTest.Answering.class)
class EventsTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** Short waits for LibreChat's answers. */
  public static class Answering implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.replies.debounce", "100ms");
    }

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(SentTexts.class);
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private final FakeReceiver all = FakeReceiver.Resource.get("all");
  private final FakeReceiver quiet = FakeReceiver.Resource.get("quiet");
  private final FakeReceiver mine = FakeReceiver.Resource.get("mine");
  private String user;
  private String conversation;

  @BeforeEach
  void aConversation() {
    libreChat.owner();
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void everyReceiverIsWell() {
    for (FakeReceiver receiver : List.of(all, quiet, mine)) {
      receiver.always(Mood.TAKES);
    }
    libreChat.collection("switchboard_event_endpoints").deleteMany(new Document());
    libreChat.close();
  }

  @Test
  void a_message_is_an_event_with_ids_and_a_masked_number_and_the_text_only_if_wanted()
      throws Exception {
    String message = inject(conversation, "Is the *blue* one there?", "+15551237788");
    Received event = event(all, "message.received", message);
    JsonPath body = JsonPath.from(event.body());
    assertThat(body.getString("data.conversationId")).isEqualTo(conversation);
    assertThat(body.getString("data.source")).isEqualTo("sms");
    assertThat(body.getString("data.text")).isEqualTo("Is the *blue* one there?");
    assertThat(Instant.parse(body.getString("timestamp")))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
    assertThat(event.body()).doesNotContain("5551237788").contains("7788");
    assertSigned(event);

    Received without = event(quiet, "message.received", message);
    assertThat(without.body()).doesNotContain("blue").doesNotContain("\"text\"");
    assertThat(without.headers()).containsEntry("webhook-id", event.headers().get("webhook-id"));
  }

  @Test
  void the_events_of_a_conversation_keep_their_order_and_do_not_delay_another_conversation() {
    String other = libreChat.conversation(user);
    all.always(Mood.FAILS);
    List<String> messages = new ArrayList<>();
    messages.add(inject(conversation, "one", null));
    await().atMost(SOON).until(() -> !of(all.received(), messages.get(0)).isEmpty());
    all.always(Mood.TAKES);
    messages.add(inject(conversation, "two", null));
    messages.add(inject(conversation, "three", null));
    String beside = inject(other, "beside", null);
    event(all, "message.received", beside);
    assertThat(taken(all, conversation)).as("the first one waits for its second attempt").isEmpty();

    await().atMost(SOON).until(() -> taken(all, conversation).size() == 3);
    assertThat(taken(all, conversation)).isEqualTo(messages);
    assertThat(of(all.received(), messages.get(0))).hasSize(2);
    assertThat(of(all.received(), messages.get(0)))
        .extracting(got -> got.headers().get("webhook-id"))
        .containsOnly(of(all.received(), messages.get(0)).get(0).headers().get("webhook-id"));
  }

  @Test
  void a_receiver_with_an_owner_gets_only_the_events_of_that_user() {
    Document known =
        libreChat.collection("users").find(eq("email", FakeReceiver.Resource.OWNER)).first();
    String owner = known == null ? owner() : known.getObjectId("_id").toHexString();
    String theirs = inject(conversation, "theirs", null);
    String own = inject(libreChat.conversation(owner), "own", null);
    event(mine, "message.received", own);
    event(all, "message.received", theirs);
    assertThat(of(mine.received(), theirs)).isEmpty();
  }

  @Test
  void an_opt_out_is_an_event_without_the_number() {
    String number = "+1555" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    Twilio.sms("STOP").from(number).arrives().then().statusCode(200);
    String tail = number.substring(number.length() - 4);
    Received event =
        await()
            .atMost(SOON)
            .until(
                () ->
                    all.taken().stream()
                        .filter(got -> got.body().contains("person.opted_out"))
                        .filter(got -> got.body().contains(tail))
                        .findFirst()
                        .orElse(null),
                found -> found != null);
    assertThat(event.body()).doesNotContain(number.substring(1));
    assertThat(mine.received()).noneMatch(got -> got.body().contains("person.opted_out"));
  }

  @Test
  void a_text_that_arrives_and_one_that_fails_are_events_each_once() {
    String delivered = text("SENT");
    Twilio.status(sid(delivered), "delivered").arrivesFor(delivered).then().statusCode(200);
    Twilio.status(sid(delivered), "delivered").arrivesFor(delivered).then().statusCode(200);
    Received event = event(all, "text.delivered", delivered);
    assertThat(JsonPath.from(event.body()).getString("data.text")).isEqualTo("Your order");
    assertThat(event(quiet, "text.delivered", delivered).body()).doesNotContain("Your order");

    String failed = text("SENT");
    Twilio.status(sid(failed), "undelivered")
        .error(30003)
        .arrivesFor(failed)
        .then()
        .statusCode(200);
    assertThat(JsonPath.from(event(all, "text.failed", failed).body()).getString("data.cause"))
        .isNotBlank();
    assertThat(of(all.received(), delivered)).hasSize(1);
    await().atMost(SOON).until(() -> !entry(failed).containsKey("untold"));
  }

  @Test
  void the_end_of_a_text_that_a_dead_replica_did_not_tell_is_told() {
    String text = text("FAILED");
    libreChat
        .collection("switchboard_outbox")
        .updateOne(eq("_id", text), Updates.set("untold", true));
    event(all, "text.failed", text);
    await().atMost(SOON).until(() -> !entry(text).containsKey("untold"));
  }

  @Test
  void an_event_that_a_dead_replica_left_is_sent() {
    String id = "evt_" + UUID.randomUUID().toString().replace("-", "");
    libreChat.collection("switchboard_events").insertOne(pending("all", id, conversation));
    await()
        .atMost(SOON)
        .until(
            () -> all.taken().stream().anyMatch(got -> id.equals(got.headers().get("webhook-id"))));
    await()
        .atMost(SOON)
        .until(
            () ->
                "DELIVERED"
                    .equals(
                        libreChat
                            .collection("switchboard_events")
                            .find(eq("_id", "all:" + id))
                            .first()
                            .getString("state")));
  }

  @Test
  void an_answer_of_the_agent_is_an_event() {
    String question =
        post(conversation, "{\"role\":\"external\",\"content\":\"When?\",\"reply\":true}")
            .getString("messageId");
    assertThat(question).isNotBlank();
    Received event =
        await()
            .atMost(SOON)
            .until(
                () ->
                    all.taken().stream()
                        .filter(got -> got.body().contains("message.answered"))
                        .filter(got -> got.body().contains(conversation))
                        .findFirst()
                        .orElse(null),
                found -> found != null);
    assertThat(JsonPath.from(event.body()).getString("data.text")).contains("Answer to: When?");
  }

  @Test
  void a_receiver_that_answers_410_is_switched_off_until_an_operator_resumes_it() {
    quiet.always(Mood.GONE);
    inject(conversation, "one", null);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        key()
                            .get("/api/events")
                            .jsonPath()
                            .getString("items.find { it.name == 'quiet' }.offSince"))
                    .isNotNull());
    quiet.always(Mood.TAKES);
    int before = quiet.received().size();
    String dropped = inject(conversation, "two", null);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        libreChat
                            .collection("switchboard_events")
                            .countDocuments(
                                new Document("endpoint", "quiet").append("state", "PENDING")))
                    .isZero());
    assertThat(quiet.received()).hasSize(before);
    assertThat(key().get("/api/doctor").asString()).contains("Switched off: quiet.");

    key()
        .post("/api/events/quiet/resume")
        .then()
        .statusCode(200)
        .body("name", equalTo("quiet"))
        .body("offSince", nullValue());
    key().post("/api/events/nobody/resume").then().statusCode(404);
    event(quiet, "message.received", inject(conversation, "three", null));
    assertThat(of(quiet.received(), dropped)).isEmpty();
  }

  @Test
  void a_receiver_without_a_success_for_5_days_is_switched_off() {
    quiet.always(Mood.FAILS);
    inject(conversation, "one", null);
    await()
        .atMost(SOON)
        .until(
            () ->
                libreChat.collection("switchboard_event_endpoints").find(eq("_id", "quiet")).first()
                    != null);
    assertThat(key().get("/api/events").asString()).doesNotContain("offSince");
    libreChat
        .collection("switchboard_event_endpoints")
        .updateOne(
            eq("_id", "quiet"),
            Updates.set("failingSince", Date.from(Instant.now().minus(Duration.ofDays(6)))));
    inject(libreChat.conversation(user), "two", null);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(key().get("/api/events").asString()).contains("offSince"));
  }

  @Test
  void the_list_of_receivers_shows_no_secret_and_no_path() {
    String list = key().get("/api/events").then().statusCode(200).extract().asString();
    assertThat(list).contains("\"all\"").doesNotContain("whsec_").doesNotContain("/in");
    given().get("/api/events").then().statusCode(401);
  }

  private String owner() {
    String id = libreChat.user();
    libreChat
        .collection("users")
        .updateOne(
            eq("_id", new org.bson.types.ObjectId(id)),
            Updates.set("email", FakeReceiver.Resource.OWNER));
    return id;
  }

  private Document pending(String endpoint, String id, String lane) {
    return new Document("_id", endpoint + ":" + id)
        .append("endpoint", endpoint)
        .append("eventId", id)
        .append("type", "message.received")
        .append("lane", lane)
        .append("body", "{\"type\":\"message.received\"}")
        .append("state", "PENDING")
        .append("attempts", 0)
        .append("createdAt", new Date())
        .append("nextAttemptAt", new Date())
        .append("sequence", 1L);
  }

  private String text(String state) {
    String id = UUID.randomUUID().toString();
    libreChat
        .collection("switchboard_outbox")
        .insertOne(
            new Document("_id", id)
                .append("textId", id)
                .append("part", 1)
                .append("parts", 1)
                .append("sender", "+15557654321")
                .append("phoneNumber", "+15551239922")
                .append("conversationId", conversation)
                .append("body", "Your order")
                .append("sealed", false)
                .append("state", state)
                .append("sid", sid(id))
                .append("attempts", 1)
                .append("queuedAt", new Date())
                .append("history", List.of()));
    return id;
  }

  private static String sid(String id) {
    return "SM" + id.replace("-", "");
  }

  private Document entry(String id) {
    return libreChat.collection("switchboard_outbox").find(eq("_id", id)).first();
  }

  private static Received event(FakeReceiver receiver, String type, String subject) {
    return await()
        .atMost(SOON)
        .until(
            () ->
                of(receiver.taken(), subject).stream()
                    .filter(got -> got.body().contains("\"" + type + "\""))
                    .findFirst()
                    .orElse(null),
            found -> found != null);
  }

  private static List<Received> of(List<Received> received, String subject) {
    return received.stream().filter(got -> got.body().contains(subject)).toList();
  }

  private static List<String> taken(FakeReceiver receiver, String conversation) {
    return of(receiver.taken(), conversation).stream()
        .map(got -> JsonPath.from(got.body()).getString("data.messageId"))
        .toList();
  }

  /** As the specification of Standard Webhooks says, without the code that signs. */
  private static void assertSigned(Received event) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] key =
        Base64.getDecoder().decode(FakeReceiver.Resource.SECRET.substring("whsec_".length()));
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    String signed =
        event.headers().get("webhook-id")
            + "."
            + event.headers().get("webhook-timestamp")
            + "."
            + event.body();
    assertThat(event.headers().get("webhook-signature"))
        .isEqualTo(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
  }

  private static String inject(String conversation, String text, String number) {
    String metadata =
        number == null
            ? ""
            : ",\"metadata\":{\"source\":\"sms\",\"phoneNumber\":\"" + number + "\"}";
    return post(
            conversation, "{\"role\":\"external\",\"content\":\"" + text + "\"" + metadata + "}")
        .getString("messageId");
  }

  private static JsonPath post(String conversation, String body) {
    return key()
        .contentType(ContentType.JSON)
        .body(body)
        .post("/api/messages/" + conversation + "/external")
        .then()
        .statusCode(201)
        .extract()
        .jsonPath();
  }

  private static RequestSpecification key() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
