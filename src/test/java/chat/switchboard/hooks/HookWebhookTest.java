package chat.switchboard.hooks;

import static com.mongodb.client.model.Filters.eq;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import chat.switchboard.ops.Digests;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.TestDatabase;
import com.mongodb.client.model.Sorts;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** POST /api/hooks/{name}: from a service's request to the message in LibreChat. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class HookWebhookTest {

  private static final String SECRET = "a secret of the tests 1";

  /** REST Assured adds a charset to a type otherwise. */
  private static final RestAssuredConfig RAW =
      RestAssuredConfig.config()
          .encoderConfig(
              EncoderConfig.encoderConfig()
                  .appendDefaultContentCharsetToContentTypeIfUndefined(false));

  private final LibreChat libreChat = new LibreChat();
  private String owner;

  @BeforeEach
  void owner() {
    owner = libreChat.owner();
  }

  static List<String> schemes() {
    return Schemes.all().stream().map(Scheme::name).toList();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void a_webhook_of_each_scheme_is_accepted_with_its_signature_alone(String schemeName) {
    Scheme scheme =
        SchemeSettings.NONE.applyTo(Schemes.named(schemeName).orElseThrow(), new ArrayList<>());
    boolean signsUrl = schemeName.equals("square");
    String name = signsUrl ? "test" : name();
    String secret = SignedRequests.secretFor(scheme);
    make(name, schemeName, secret, ",\"template\":\"Something of {event}: {text}\"");
    Instant now = Instant.now();
    byte[] body = SignedRequests.body(now);

    List<Map.Entry<String, String>> wrong =
        SignedRequests.headers(scheme, SignedRequests.otherSecretFor(scheme), body, now);
    send(name, wrong, body)
        .then()
        .statusCode(401)
        .contentType("application/problem+json")
        .body("error", equalTo("The signature or the time of the webhook is not valid"));
    assertThat(delivery(name)).isNull();

    List<Map.Entry<String, String>> right = SignedRequests.headers(scheme, secret, body, now);
    Response first = send(name, right, body);
    first.then().statusCode(200).body("status", equalTo("accepted")).body("id", notNullValue());
    Document message = await().until(() -> message(name), found -> found != null);
    assertThat(message.getString("text")).contains("Something of").endsWith("café");
    send(name, right, body)
        .then()
        .statusCode(200)
        .body("status", equalTo("duplicate"))
        .body("id", equalTo(first.jsonPath().getString("id")));
    assertThat(messages(name)).hasSize(1);
    assertThat(delivery(name).toJson()).doesNotContain(secret);
  }

  @ParameterizedTest(name = "after {0} minutes: {1}")
  @CsvSource({"60, duplicate", "119, duplicate", "121, accepted", "10080, accepted"})
  void the_same_body_without_an_id_is_a_repetition_for_two_hours(int minutes, String status) {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{what}\"");
    String body = "{\"what\":\"The disk is full\"}";
    long period = System.currentTimeMillis() / WebhookVerifier.REPEATED_WITHIN.toMillis();
    String hash = Digests.sha256Hex(body.getBytes(StandardCharsets.UTF_8));
    libreChat
        .collection("switchboard_deliveries")
        .insertOne(
            new Document("_id", HookKeys.delivery(name, "sha256:" + hash + ":" + (period - 1)))
                .append("hook", name)
                .append("state", "APPENDED")
                .append("receivedAt", Date.from(Instant.now().minus(Duration.ofMinutes(minutes)))));

    token(name, body).then().statusCode(200).body("status", equalTo(status));
    token(name, body).then().statusCode(200).body("status", equalTo("duplicate"));

    assertThat(messages(name)).hasSize(status.equals("accepted") ? 1 : 0);
  }

  @Test
  void a_message_has_the_form_of_every_other_message_and_says_where_it_came_from() {
    String name = name();
    make(name, "token", SECRET, ",\"sender\":\"Deploys\",\"template\":\"**{what}** is done\"");
    token(name, "{\"what\":\"It [x](y)\"}").then().statusCode(200);
    Document message = message(name);
    assertThat(message.getString("text")).isEqualTo("**It \\[x&#93;(y)** is done");
    assertThat(message.getString("sender")).isEqualTo("Deploys");
    assertThat(message.getBoolean("isCreatedByUser")).isFalse();
    assertThat(message.getString("user")).isEqualTo(owner);
    Document metadata = message.get("metadata", Document.class);
    assertThat(metadata)
        .containsEntry("role", "external")
        .containsEntry("source", "webhook")
        .containsEntry("hook", name)
        .containsKey("deliveryId");
    Document conversation = libreChat.conversationOf(message.getString("conversationId"));
    assertThat(conversation.getString("title")).isEqualTo(name);
    assertThat(conversation.getString("user")).isEqualTo(owner);
    Document mapping =
        libreChat
            .collection("switchboard_mappings")
            .find(eq("phoneNumber", "hook:" + name))
            .first();
    assertThat(mapping.getString("conversationId")).isEqualTo(message.getString("conversationId"));
    key()
        .queryParam("phoneNumber", "hook:" + name)
        .get("/api/mappings")
        .then()
        .statusCode(200)
        .body("items[0].conversationId", equalTo(message.getString("conversationId")));
    key()
        .get("/api/hooks/" + name + "/deliveries")
        .then()
        .statusCode(200)
        .body("items[0].state", equalTo("appended"))
        .body("items[0].text", equalTo("**It \\[x&#93;(y)** is done"))
        .body("items[0].messageId", equalTo(message.getString("messageId")))
        .body("items[0].thread", equalTo("hook:" + name));
  }

  @Test
  void each_thread_key_has_a_conversation_of_its_own_with_a_title() {
    String name = name();
    make(
        name,
        "token",
        SECRET,
        ",\"thread\":\"{repo}#{n}\",\"title\":\"PR {n} of {repo}\",\"template\":\"{text}\"");
    token(name, pull(7, "one")).then().statusCode(200);
    token(name, pull(8, "two")).then().statusCode(200);
    token(name, pull(7, "three")).then().statusCode(200);
    List<Document> all = messages(name);
    assertThat(all).extracting(one -> one.getString("text")).containsExactly("one", "two", "three");
    String first = all.get(0).getString("conversationId");
    assertThat(all.get(1).getString("conversationId")).isNotEqualTo(first);
    assertThat(all.get(2).getString("conversationId")).isEqualTo(first);
    assertThat(all.get(2).getString("parentMessageId"))
        .isEqualTo(all.get(0).getString("messageId"));
    assertThat(libreChat.conversationOf(first).getString("title")).isEqualTo("PR 7 of a/b");
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .find(eq("phoneNumber", "hook:" + name + ":a/b#7"))
                .first())
        .isNotNull();
  }

  private static String pull(int number, String text) {
    return "{\"repo\":\"a/b\",\"n\":" + number + ",\"text\":\"" + text + "\"}";
  }

  @Test
  void a_hook_with_a_conversation_writes_there() {
    String conversation = libreChat.conversation(owner);
    String name = name();
    make(
        name,
        "token",
        SECRET,
        ",\"template\":\"{text}\",\"conversationId\":\"" + conversation + "\"");
    token(name, "{\"text\":\"Here\"}").then().statusCode(200);
    assertThat(libreChat.lastMessage(conversation, owner).getString("text")).isEqualTo("Here");
    assertThat(libreChat.messages(conversation, owner)).hasSize(3);
  }

  @Test
  void after_a_change_of_the_owner_nothing_goes_to_the_former_one() {
    String name = name();
    String other = libreChat.user();
    make(name, "token", SECRET, ",\"template\":\"{text}\"");
    token(name, "{\"text\":\"one\"}").then().statusCode(200);
    change(name, "token", ",\"template\":\"{text}\",\"owner\":\"" + other + "\"");
    token(name, "{\"text\":\"two\"}").then().statusCode(200);
    assertThat(messages(name))
        .extracting(one -> one.getString("user"))
        .containsExactly(owner, other);
  }

  @Test
  void a_deleted_conversation_is_followed_by_a_new_one() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{text}\"");
    token(name, "{\"text\":\"one\"}").then().statusCode(200);
    String first = message(name).getString("conversationId");
    libreChat.collection("messages").deleteMany(eq("conversationId", first));
    libreChat.collection("conversations").deleteMany(eq("conversationId", first));
    token(name, "{\"text\":\"two\"}").then().statusCode(200);
    assertThat(message(name).getString("conversationId")).isNotEqualTo(first);
  }

  @Test
  void the_same_delivery_many_times_at_once_is_one_message() throws Exception {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{text}\"");
    List<Response> answers = atOnce(20, any -> token(name, "{\"text\":\"Once\"}"));
    assertThat(answers).allMatch(one -> one.statusCode() == 200);
    assertThat(answers.stream().map(one -> one.jsonPath().getString("status")))
        .containsOnlyOnce("accepted")
        .filteredOn("duplicate"::equals)
        .hasSize(19);
    assertThat(messages(name)).hasSize(1);
  }

  @Test
  void what_is_no_webhook_of_a_hook_is_refused() {
    String name = name();
    make(name, "token", SECRET, "");
    token(name() + "x", "{}").then().statusCode(404).body("error", containsString("No hook"));
    token("A%2FB", "{}").then().statusCode(404);
    token("x".repeat(300), "{}").then().statusCode(404);
    given().body("{}").post("/api/hooks/" + name).then().statusCode(401);
    given().header("Authorization", "Bearer ").post("/api/hooks/" + name).then().statusCode(401);
    change(name, "token", ",\"enabled\":false");
    token(name, "{}").then().statusCode(410);
    assertThat(delivery(name)).isNull();
  }

  @Test
  void a_refusal_is_logged_with_its_reason_and_without_any_value() {
    String name = name();
    make(name, "token", SECRET, "");
    try (LogLines log = LogLines.of(HookReceiver.class.getName())) {
      given()
          .header("Authorization", "Bearer something-wrong")
          .body("a text of a stranger")
          .post("/api/hooks/" + name)
          .then()
          .statusCode(401);
      assertThat(log.texts())
          .anyMatch(line -> line.contains(name) && line.contains("secret in the header is wrong"))
          .noneMatch(line -> line.contains("something-wrong") || line.contains("stranger"));
    }
  }

  @Test
  void a_body_of_one_mebibyte_is_accepted_and_a_larger_one_is_not() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{text.short(10)}\"");
    String text = "{\"text\":\"" + "x".repeat(1024 * 1024 - 11) + "\"}";
    assertThat(text).hasSize(1024 * 1024);
    token(name, text).then().statusCode(200).body("status", equalTo("accepted"));
    assertThat(message(name).getString("text")).startsWith("xxxx").hasSizeLessThan(12);
    token(name, text + " ")
        .then()
        .statusCode(413)
        .body("error", equalTo("The body is larger than 1 MiB"));
  }

  @Test
  void the_alias_of_the_door_takes_webhooks_too() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{text}\"");
    given()
        .header("Authorization", "Bearer " + SECRET)
        .contentType(ContentType.JSON)
        .body("{\"text\":\"By the alias\"}")
        .post("/switchboard/api/hooks/" + name)
        .then()
        .statusCode(200);
    assertThat(message(name).getString("text")).isEqualTo("By the alias");
  }

  @Test
  void conditions_and_blank_texts_skip_a_delivery_and_it_can_be_replayed() {
    String name = name();
    String when = ",\"when\":[{\"pointer\":\"/action\",\"in\":[\"opened\"]}]";
    make(name, "token", SECRET, when + ",\"template\":\"{text}\"");
    token(name, "{\"action\":\"closed\",\"text\":\"a\"}")
        .then()
        .statusCode(200)
        .body("status", equalTo("skipped"));
    assertThat(delivery(name).getString("reason")).contains("/action");
    token(name, "{\"action\":\"opened\",\"text\":\"  \"}")
        .then()
        .statusCode(200)
        .body("status", equalTo("skipped"));
    assertThat(messages(name)).isEmpty();

    change(name, "token", ",\"template\":\"Now {action}\"");
    String id = delivery(name).getString("_id");
    replay(name, id).then().statusCode(200).body("state", equalTo("appended"));
    assertThat(message(name).getString("text")).isEqualTo("Now opened");
    replay(name, id).then().statusCode(409);
    assertThat(messages(name)).hasSize(1);
  }

  @Test
  void a_template_that_fails_makes_a_dead_letter_with_line_and_column_and_no_lost_event() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"ok\\n{#if n > 5}big{/if}\"");
    token(name, "{\"n\":\"no number\"}").then().statusCode(200).body("status", equalTo("accepted"));
    Document failed = delivery(name);
    assertThat(failed.getString("state")).isEqualTo("FAILED");
    assertThat(failed.getString("reason")).contains("line 2, column");
    assertThat(messages(name)).isEmpty();

    change(name, "token", ",\"template\":\"{n}\"");
    replay(name, failed.getString("_id")).then().statusCode(200);
    assertThat(message(name).getString("text")).isEqualTo("no number");
  }

  @Test
  void a_body_of_any_form_is_kept_and_shown_as_far_as_it_can_be_read() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{text}{a}{nothing.of.this}\"");
    raw(name, "text/plain", bytes("Plain words")).then().statusCode(200);
    raw(name, "application/json", bytes("{\"a\":\"dup1\",\"a\":\"dup2\"}")).then().statusCode(200);
    raw(name, "application/json", "{\"a\":\"sechzehn ü\"}".getBytes(StandardCharsets.UTF_16LE))
        .then()
        .statusCode(200);
    raw(name, "application/x-www-form-urlencoded", bytes("payload=%7B%22a%22%3A%22form%22%7D"))
        .then()
        .statusCode(200);
    raw(name, "what is this/;;", bytes("{\"a\":\"odd type\"}")).then().statusCode(200);
    assertThat(messages(name))
        .extracting(one -> one.getString("text"))
        .containsExactly("Plain words", "dup2", "sechzehn ü", "form", "odd type");
  }

  @Test
  void a_body_that_is_no_json_is_a_dead_letter_where_the_template_needs_json() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{a}\"");
    for (String body :
        List.of(
            "{\"a\":",
            "{\"a\":\"" + "\"}}}",
            "[".repeat(100_000),
            "{" + many(1_000_000 / 8) + "\"a\":1}")) {
      raw(name, "application/json", bytes(body))
          .then()
          .statusCode(200)
          .body("status", equalTo("accepted"));
    }
    List<Document> all = deliveries(name);
    assertThat(all).hasSize(4).allMatch(one -> "FAILED".equals(one.getString("state")));
    assertThat(all).allMatch(one -> one.getString("reason").contains("cannot be read as JSON"));
    assertThat(messages(name)).isEmpty();
  }

  @Test
  void a_body_that_is_no_json_is_no_half_text_of_a_preset() {
    String name = name();
    make(name, "github", SECRET, "");
    byte[] body = bytes("{\"action\":");
    List<Map.Entry<String, String>> headers =
        new ArrayList<>(
            SignedRequests.headers(
                Schemes.named("github").orElseThrow(), SECRET, body, Instant.now()));
    headers.add(Map.entry("X-GitHub-Event", "issues"));
    send(name, headers, body).then().statusCode(200).body("status", equalTo("accepted"));
    assertThat(delivery(name).getString("state")).isEqualTo("FAILED");
    assertThat(delivery(name).getString("reason")).contains("cannot be read as JSON");
    assertThat(messages(name)).isEmpty();
  }

  private static String many(int keys) {
    StringBuilder fields = new StringBuilder();
    for (int at = 0; at < keys; at++) {
      fields.append('"').append(Integer.toString(at, 36)).append("\":1,");
    }
    return fields.substring(0, Math.min(fields.length(), 1_040_000)).replaceAll("[^,]*$", "");
  }

  @Test
  void thirty_levels_are_read() {
    String name = name();
    String deep = "{\"b\":".repeat(29) + "{\"b\":\"deep\"}" + "}".repeat(29);
    make(name, "token", SECRET, ",\"template\":\"{b" + ".b".repeat(29) + "}\"");
    token(name, deep).then().statusCode(200).body("status", equalTo("accepted"));
    assertThat(message(name).getString("text")).isEqualTo("deep");
  }

  @Test
  void a_thread_key_of_10_kib_is_one_conversation_and_another_long_key_is_another() {
    String name = name();
    make(name, "token", SECRET, ",\"thread\":\"{key}\",\"template\":\"{n}\"");
    String key = "k".repeat(10_240);
    token(name, "{\"key\":\"" + key + "\",\"n\":1}").then().statusCode(200);
    token(name, "{\"key\":\"" + key + "\",\"n\":2}").then().statusCode(200);
    token(name, "{\"key\":\"" + key + "k\",\"n\":3}").then().statusCode(200);
    List<Document> all = messages(name);
    assertThat(all).extracting(one -> one.getString("text")).containsExactly("1", "2", "3");
    List<String> conversations = all.stream().map(one -> one.getString("conversationId")).toList();
    assertThat(conversations.get(1)).isEqualTo(conversations.get(0));
    assertThat(conversations.get(2)).isNotEqualTo(conversations.get(0));
    assertThat(
            libreChat
                .collection("switchboard_mappings")
                .find(eq("conversationId", conversations.get(0)))
                .first()
                .getString("phoneNumber"))
        .hasSizeLessThan(300);
  }

  @Test
  void keys_that_look_alike_have_conversations_of_their_own() {
    String name = name();
    make(name, "token", SECRET, ",\"thread\":\"{key}\",\"template\":\"{n}\"");
    List<String> keys = List.of("a b", "a  b", "a b ", "a\\tb", "a\\u00a0b", "a\\u200bb", "A b");
    for (int n = 0; n < keys.size(); n++) {
      token(name, "{\"key\":\"" + keys.get(n) + "\",\"n\":" + n + "}").then().statusCode(200);
    }
    assertThat(messages(name))
        .hasSize(keys.size())
        .extracting(one -> one.getString("conversationId"))
        .doesNotHaveDuplicates();
  }

  @Test
  void a_million_keys_are_too_large_and_take_no_time() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{a}\"");
    StringBuilder million = new StringBuilder("{");
    for (int at = 0; at < 1_000_000; at++) {
      million.append('"').append(Integer.toString(at, 36)).append("\":1,");
    }
    raw(name, "application/json", bytes(million + "\"a\":1}")).then().statusCode(413);
    assertThat(delivery(name)).isNull();
  }

  @Test
  void the_deliveries_of_a_hook_are_bounded_by_their_number() throws Exception {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{n}\"");
    libreChat
        .collection("switchboard_deliveries")
        .insertMany(
            java.util.stream.IntStream.range(0, 1_050)
                .mapToObj(at -> finished(name, "old-" + at, 10, at))
                .toList());
    atOnce(100, n -> token(name, "{\"n\":" + n + "}")).forEach(one -> one.then().statusCode(200));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                key()
                    .get("/api/hooks/" + name + "/deliveries?limit=1")
                    .then()
                    .body("total", org.hamcrest.Matchers.lessThanOrEqualTo(1_000)));
    // The oldest ones are gone, and no new one is.
    key().get("/api/hooks/" + name + "/deliveries/" + name + "-old-0").then().statusCode(404);
    assertThat(deliveries(name)).filteredOn(one -> one.containsKey("deliveryId")).hasSize(100);
    token(name, "{\"n\":7}").then().body("status", equalTo("duplicate"));
  }

  @Test
  void the_deliveries_of_a_hook_are_bounded_by_their_bytes() {
    String name = name();
    make(name, "token", SECRET, ",\"template\":\"{n}\"");
    libreChat
        .collection("switchboard_deliveries")
        .insertMany(
            java.util.stream.IntStream.range(0, 5)
                .mapToObj(at -> finished(name, "old-" + at, 10 * 1024 * 1024, at))
                .toList());
    String filler = "x".repeat(1024 * 1024 - 100);
    for (int n = 0; n < 26; n++) {
      String body = "{\"n\":" + n + ",\"f\":\"" + filler + "\"}";
      // A service sends again what a busy machine could not keep in time.
      await().until(() -> token(name, body).statusCode() == 200);
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        deliveries(name).stream().mapToLong(one -> one.getInteger("bytes")).sum())
                    .isLessThanOrEqualTo(DeliveryRetention.MOST_BYTES));
    assertThat(deliveries(name)).filteredOn(one -> one.containsKey("deliveryId")).hasSize(26);
    key().get("/api/hooks/" + name + "/deliveries/" + name + "-old-0").then().statusCode(404);
  }

  /** A finished delivery of yesterday, without its body. */
  private static Document finished(String hook, String id, int bytes, int second) {
    return new Document("_id", hook + "-" + id)
        .append("hook", hook)
        .append("state", "APPENDED")
        .append("bytes", bytes)
        .append(
            "receivedAt",
            java.util.Date.from(Instant.now().minus(Duration.ofDays(1)).plusSeconds(second)));
  }

  @Test
  void a_burst_within_the_time_of_a_digest_is_one_message() throws Exception {
    String name = name();
    make(name, "token", SECRET, ",\"digest\":\"3s\",\"template\":\"Alert {n}\"");
    atOnce(25, n -> token(name, "{\"n\":" + n + "}"))
        .forEach(one -> one.then().statusCode(200).body("status", equalTo("accepted")));
    assertThat(messages(name)).isEmpty();
    await().atMost(Duration.ofSeconds(20)).until(() -> !messages(name).isEmpty());
    Document message = message(name);
    assertThat(message.getString("text")).contains("- Alert ").endsWith("… and 5 more");
    assertThat(message.get("metadata", Document.class).getInteger("deliveries")).isEqualTo(25);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(deliveries(name))
                    .extracting(one -> one.getString("state"))
                    .containsOnly("APPENDED"));
    token(name, "{\"n\":3}").then().body("status", equalTo("duplicate"));
    token(name, "{\"n\":99}").then().statusCode(200);
    await().atMost(Duration.ofSeconds(20)).until(() -> messages(name).size() == 2);
    assertThat(message(name).getString("text")).isEqualTo("Alert 99");
  }

  @Test
  void the_handshakes_of_services_are_answered_and_store_nothing() {
    String slack = name();
    make(slack, "slack", SECRET, "");
    String challenge = "{\"type\":\"url_verification\",\"challenge\":\"abc123\"}";
    signed(slack, "slack", challenge).then().statusCode(200).body("challenge", equalTo("abc123"));
    assertThat(delivery(slack)).isNull();

    String zoom = name();
    make(zoom, "zoom", SECRET, "");
    signed(
            zoom,
            "zoom",
            "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"tok\"}}")
        .then()
        .statusCode(200)
        .body("plainToken", equalTo("tok"))
        .body(
            "encryptedToken",
            equalTo(
                HexFormat.of()
                    .formatHex(SignedRequests.hmac("HmacSHA256", bytes(SECRET), bytes("tok")))));

    String github = name();
    make(github, "github", SECRET, "");
    byte[] ping = bytes("{\"zen\":\"Keep it\"}");
    List<Map.Entry<String, String>> headers =
        new ArrayList<>(
            SignedRequests.headers(
                Schemes.named("github").orElseThrow(), SECRET, ping, Instant.now()));
    headers.add(Map.entry("X-GitHub-Event", "ping"));
    send(github, headers, ping).then().statusCode(200).body("status", equalTo("accepted"));
    assertThat(delivery(github)).isNull();
  }

  @Test
  void metas_check_by_get_is_answered_with_the_challenge_for_the_right_token_alone() {
    String name = name();
    String token = make(name, "meta", SECRET, "").jsonPath().getString("verifyToken");
    given()
        .queryParam("hub.mode", "subscribe")
        .queryParam("hub.verify_token", token)
        .queryParam("hub.challenge", "1158201444")
        .get("/api/hooks/" + name)
        .then()
        .statusCode(200)
        .contentType(ContentType.TEXT)
        .body(equalTo("1158201444"));
    given()
        .queryParam("hub.mode", "subscribe")
        .queryParam("hub.verify_token", "wrong")
        .queryParam("hub.challenge", "1158201444")
        .get("/api/hooks/" + name)
        .then()
        .statusCode(401);
    given().get("/api/hooks/" + name).then().statusCode(401);
  }

  @Test
  void an_owner_who_is_gone_makes_a_dead_letter_that_can_be_replayed() {
    String name = name();
    String gone = libreChat.user();
    make(name, "token", SECRET, ",\"template\":\"{text}\",\"owner\":\"" + gone + "\"");
    libreChat.collection("users").deleteOne(eq("_id", new org.bson.types.ObjectId(gone)));
    token(name, "{\"text\":\"For nobody\"}").then().statusCode(200);
    Document failed =
        await().until(() -> delivery(name), one -> "FAILED".equals(one.getString("state")));
    assertThat(failed.getString("reason")).contains("dead letter");
    change(name, "token", ",\"template\":\"{text}\"");
    replay(name, failed.getString("_id")).then().statusCode(200);
    await().until(() -> delivery(name).getString("state"), state -> !"ACCEPTED".equals(state));
  }

  private interface Sending {
    Response send(int number);
  }

  private static List<Response> atOnce(int times, Sending sending) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(times, 32));
    try {
      List<Future<Response>> sent = new ArrayList<>();
      for (int at = 0; at < times; at++) {
        int number = at;
        sent.add(threads.submit(() -> sending.send(number)));
      }
      List<Response> answers = new ArrayList<>();
      for (Future<Response> one : sent) {
        answers.add(one.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  private Response make(String name, String scheme, String secret, String more) {
    key().delete("/api/hooks/" + name);
    Response made =
        key()
            .contentType(ContentType.JSON)
            .body(
                "{\"name\":\""
                    + name
                    + "\",\"scheme\":\""
                    + scheme
                    + "\",\"secrets\":[\""
                    + secret
                    + "\"]"
                    + more
                    + "}")
            .post("/api/hooks");
    made.then().statusCode(201);
    return made;
  }

  private void change(String name, String scheme, String more) {
    key()
        .contentType(ContentType.JSON)
        .body("{\"scheme\":\"" + scheme + "\"" + more + "}")
        .put("/api/hooks/" + name)
        .then()
        .statusCode(200);
  }

  private static Response replay(String name, String id) {
    return key().post("/api/hooks/{name}/deliveries/{id}/replay", name, id);
  }

  private static Response signed(String name, String scheme, String body) {
    return send(
        name,
        SignedRequests.headers(
            Schemes.named(scheme).orElseThrow(), SECRET, bytes(body), Instant.now()),
        bytes(body));
  }

  private static Response send(String name, List<Map.Entry<String, String>> headers, byte[] body) {
    RequestSpecification request = given().config(RAW);
    for (Map.Entry<String, String> header : headers) {
      request.header(header.getKey(), header.getValue());
    }
    return request.body(body).post("/api/hooks/" + name);
  }

  private static Response token(String name, String body) {
    return raw(name, "application/json", bytes(body));
  }

  private static Response raw(String name, String type, byte[] body) {
    RequestSpecification request =
        given()
            .config(RAW)
            .urlEncodingEnabled(false)
            .header("Authorization", "Bearer " + SECRET)
            .header("Content-Type", type);
    // REST Assured takes the bytes of a form for a text alone.
    return (type.contains("form") ? request.body(new String(body)) : request.body(body))
        .post("/api/hooks/" + name);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The newest message of a hook. */
  private Document message(String hook) {
    List<Document> all = messages(hook);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  private List<Document> messages(String hook) {
    return libreChat
        .collection("messages")
        .find(eq("metadata.hook", hook))
        .sort(Sorts.ascending("createdAt"))
        .into(new ArrayList<>());
  }

  /** The newest delivery of a hook. */
  private Document delivery(String hook) {
    List<Document> all = deliveries(hook);
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  private List<Document> deliveries(String hook) {
    return libreChat
        .collection("switchboard_deliveries")
        .find(eq("hook", hook))
        .sort(Sorts.ascending("receivedAt"))
        .into(new ArrayList<>());
  }

  private static String name() {
    return "hook-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static RequestSpecification key() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
