package chat.switchboard.api;

import static com.mongodb.client.model.Filters.eq;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.LogLines;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The doors that make, change and try hooks. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(HooksDoorTest.WithConfiguredHooks.class)
class HooksDoorTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String CONFIGURED_SECRET = "a-secret-of-the-configuration-1";

  /** Two hooks of the configuration. */
  public static class WithConfiguredHooks implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> config = new HashMap<>();
      config.put("switchboard.hooks.\"alerts\".scheme", "token");
      config.put("switchboard.hooks.\"alerts\".secrets", CONFIGURED_SECRET);
      config.put("switchboard.hooks.\"alerts\".template", "{status}: {name}");
      config.put("switchboard.hooks.\"alerts\".thread", "{group}");
      config.put("switchboard.hooks.\"alerts\".when[0].pointer", "/status");
      config.put("switchboard.hooks.\"alerts\".when[0].in", "firing,resolved");
      config.put("switchboard.hooks.\"alerts\".digest", "30s");
      config.put("switchboard.hooks.\"home-made\".scheme", "hmac");
      config.put("switchboard.hooks.\"home-made\".settings.header", "X-Mine");
      config.put("switchboard.hooks.\"home-made\".settings.encoding", "base64");
      return config;
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String owner;

  @BeforeEach
  void owner() {
    owner = libreChat.owner();
  }

  @Test
  void a_new_hook_tells_its_address_and_its_secret_once() {
    String name = name();
    JsonPath made =
        post("/api/hooks", hook(name, "github"))
            .then()
            .statusCode(201)
            .header("Location", equalTo("/api/hooks/" + name))
            .body("url", equalTo(TestDatabase.PUBLIC_URL + "/api/hooks/" + name))
            .body("secret", matchesPattern("[0-9a-f]{64}"))
            .body("owner", equalTo(TestDatabase.OWNER_EMAIL))
            .body("enabled", equalTo(true))
            .body("reply", equalTo(false))
            .body("readOnly", equalTo(false))
            .extract()
            .jsonPath();
    String secret = made.getString("secret");

    key()
        .get("/api/hooks/" + name)
        .then()
        .statusCode(200)
        .body("secret", nullValue())
        .body("secrets", nullValue())
        .body("createdAt", notNullValue());
    assertThat(key().queryParam("limit", 200).get("/api/hooks").asString())
        .contains("\"" + name + "\"")
        .doesNotContain(secret);
    assertThat(stored(name).toJson()).doesNotContain(secret);
  }

  @Test
  void the_secret_of_a_service_that_makes_its_own_is_kept_and_never_told() {
    String name = name();
    String own = "shpss_0123456789abcdef";
    String answer =
        post("/api/hooks", hook(name, "shopify", ",\"secrets\":[\"" + own + "\"]"))
            .then()
            .statusCode(201)
            .body("secret", nullValue())
            .extract()
            .asString();
    assertThat(answer).doesNotContain(own);
    assertThat(stored(name).toJson()).doesNotContain(own);
  }

  @Test
  void a_standard_hook_gets_a_secret_of_standard_webhooks_and_metas_gets_a_verify_token() {
    post("/api/hooks", hook(name(), "standard"))
        .then()
        .statusCode(201)
        .body("secret", matchesPattern("whsec_[A-Za-z0-9+/]{43}="))
        .body("verifyToken", nullValue());
    post("/api/hooks", hook(name(), "meta", ",\"secrets\":[\"0123456789abcdef0123\"]"))
        .then()
        .statusCode(201)
        .body("verifyToken", matchesPattern("[0-9a-f]{32}"));
  }

  @Test
  void a_hook_has_what_the_request_says() {
    String name = name();
    String more =
        """
        ,"thread":"{repo}#{n}","title":"PR {n}","when":[{"pointer":"/action","in":["opened"]},
        {"pointer":"/draft","notIn":["true"]},{"pointer":"/n","exists":true}],"template":"{t}",
        "sender":"CI","digest":"5m","reply":true,"endpoint":"agents","model":"m","agentId":"a",
        "enabled":false,"settings":{"header":"X-Sig","encoding":"base64","algorithm":"sha512"}\
        """;
    post("/api/hooks", hook(name, "hmac", more)).then().statusCode(201);
    key()
        .get("/api/hooks/" + name)
        .then()
        .statusCode(200)
        .body("thread", equalTo("{repo}#{n}"))
        .body("title", equalTo("PR {n}"))
        .body("when.pointer", contains("/action", "/draft", "/n"))
        .body("when[0].in", contains("opened"))
        .body("when[1].notIn", contains("true"))
        .body("when[2].exists", equalTo(true))
        .body("template", equalTo("{t}"))
        .body("sender", equalTo("CI"))
        .body("digest", equalTo("300s"))
        .body("reply", equalTo(true))
        .body("endpoint", equalTo("agents"))
        .body("model", equalTo("m"))
        .body("agentId", equalTo("a"))
        .body("enabled", equalTo(false))
        .body("settings.header", equalTo("X-Sig"))
        .body("settings.algorithm", equalTo("sha512"));
    put(name, hook(name, "github"))
        .then()
        .statusCode(200)
        .body("thread", nullValue())
        .body("when", nullValue())
        .body("settings", nullValue())
        .body("enabled", equalTo(true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|scheme is required",
        "{\"scheme\":\"github\"}|name is required",
        "{\"name\":\"a b\",\"scheme\":\"github\"}|name must",
        "{\"name\":\"Ä\",\"scheme\":\"github\"}|name must",
        "{\"name\":\"../x\",\"scheme\":\"github\"}|name must",
        "{\"name\":7,\"scheme\":\"github\"}|name must be a text",
        "{\"name\":\"a\",\"scheme\":\"GitHub\"}|scheme must be one of standard, github",
        "{\"name\":\"a\",\"scheme\":\"github\",\"conversationId\":\"x\"}|UUID",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":{}}|when must be a list",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[null]}|when must not contain null",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[7]}|when[0] must be an object",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[{}]}|when[0].pointer must",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[{\"pointer\":\"a\"}]}|when[0].pointer must",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[{\"pointer\":\"/a\",\"in\":[]}]}|1 to 50",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[{\"pointer\":\"/~\"}]}|when[0].pointer",
        "{\"name\":\"a\",\"scheme\":\"github\",\"when\":[{\"pointer\":\"/a\",\"in\":[1]}]}|when[0].in",
        "{\"name\":\"a\",\"scheme\":\"github\",\"digest\":\"2h\"}|digest must",
        "{\"name\":\"a\",\"scheme\":\"github\",\"digest\":\"soon\"}|digest must",
        "{\"name\":\"a\",\"scheme\":\"github\",\"digest\":\"PT999999999999999H\"}|digest must",
        "{\"name\":\"a\",\"scheme\":\"github\",\"digest\":\"-30s\"}|digest must",
        "{\"name\":\"a\",\"scheme\":\"github\",\"template\":\"{#if a}\"}|line 1, column",
        "{\"name\":\"a\",\"scheme\":\"github\",\"template\":\"preset:x\"}|the presets are",
        "{\"name\":\"a\",\"scheme\":\"github\",\"thread\":\"{a\"}|thread: ",
        "{\"name\":\"a\",\"scheme\":\"github\",\"thread\":\"preset:x\"}|thread names no preset",
        "{\"name\":\"a\",\"scheme\":\"github\",\"secrets\":[\"short\"]}|16 to 512",
        "{\"name\":\"a\",\"scheme\":\"github\",\"secrets\":[null]}|must not contain null",
        "{\"name\":\"a\",\"scheme\":\"github\",\"secrets\":\"s\"}|secrets must be a list",
        "{\"name\":\"a\",\"scheme\":\"github\",\"settings\":{\"header\":\"x\"}}|no setting header",
        "{\"name\":\"a\",\"scheme\":\"hmac\",\"settings\":{\"nope\":\"x\"}}|settings may have",
        "{\"name\":\"a\",\"scheme\":\"hmac\",\"settings\":{\"header\":\"a b\"}}|name of a header",
        "{\"name\":\"a\",\"scheme\":\"hmac\",\"settings\":[]}|settings must be an object",
        "{\"name\":\"a\",\"scheme\":\"github\",\"enabled\":\"yes\"}|true or false",
        "[]|must be a JSON object"
      })
  void a_wrong_field_is_one_clear_sentence(String body, String sentence) {
    post("/api/hooks", body)
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("error", containsString(sentence));
  }

  @Test
  void a_condition_has_any_of_its_parts() {
    String name = name();
    String parts =
        """
        ,"template":"yes","when":[{"pointer":"/a"},
        {"pointer":"/b","in":["x","y"],"notIn":["y"],"exists":true},
        {"pointer":"/c","in":null,"notIn":["z"],"exists":null}]\
        """;
    post("/api/hooks", hook(name, "github", parts))
        .then()
        .statusCode(201)
        .body("when[0]", equalTo(Map.of("pointer", "/a")))
        .body("when[1].in", contains("x", "y"))
        .body("when[1].notIn", contains("y"))
        .body("when[1].exists", equalTo(true))
        .body("when[2]", equalTo(Map.of("pointer", "/c", "notIn", List.of("z"))));
    preview(name, "", "{\"a\":1,\"b\":\"x\"}").then().body("text", equalTo("yes"));
    preview(name, "", "{\"a\":1,\"b\":\"y\"}")
        .then()
        .body("matched", equalTo(false))
        .body("reason", containsString("when[1]: /b is \"y\" and should be none of [y]"));
    preview(name, "", "{\"b\":\"x\"}")
        .then()
        .body("matched", equalTo(false))
        .body("reason", containsString("when[0]: /a is missing and should be present"));
  }

  @Test
  void the_lengths_of_a_hook_count_code_points() {
    String smile = "\uD83D\uDE00";
    String name = name();
    String more =
        """
        ,"sender":"%1$s","model":"%1$s","template":"%2$s","title":"%3$s","when":[{"pointer":"/%4$s",
        "in":["%5$s"]}]\
        """
            .formatted(
                smile.repeat(128),
                smile.repeat(8000),
                smile.repeat(500),
                smile.repeat(255),
                smile.repeat(200));
    post("/api/hooks", hook(name, "github", more)).then().statusCode(201);
    post("/api/hooks", hook(name(), "github", ",\"sender\":\"" + smile.repeat(129) + "\""))
        .then()
        .statusCode(400);
  }

  @Test
  void a_hook_of_an_unknown_owner_is_not_made() {
    post("/api/hooks", hook(name(), "github", ",\"owner\":\"nobody@example.com\""))
        .then()
        .statusCode(404)
        .body("error", containsString("no user"));
  }

  @Test
  void a_hook_writes_only_into_a_conversation_of_its_owner() {
    String other = libreChat.user();
    String mine = libreChat.conversation(owner);
    String theirs = libreChat.conversation(other);
    post(
            "/api/hooks",
            hook(name(), "github", ",\"conversationId\":\"" + theirs + "\"")
                .replace("}", ",\"owner\":\"" + TestDatabase.OWNER_EMAIL + "\"}"))
        .then()
        .statusCode(404);
    post("/api/hooks", hook(name(), "github", ",\"conversationId\":\"" + UUID.randomUUID() + "\""))
        .then()
        .statusCode(404);
    post("/api/hooks", hook(name(), "github", ",\"conversationId\":\"" + mine + "\""))
        .then()
        .statusCode(201)
        .body("owner", equalTo(owner));
    post(
            "/api/hooks",
            hook(name(), "github", ",\"thread\":\"{a}\",\"conversationId\":\"" + mine + "\""))
        .then()
        .statusCode(400)
        .body("error", containsString("either a conversationId or a thread"));
  }

  @Test
  void a_name_is_used_once_also_by_two_callers_at_one_moment() {
    String name = name();
    List<Integer> statuses =
        java.util.stream.IntStream.range(0, 8)
            .parallel()
            .mapToObj(at -> post("/api/hooks", hook(name, "github")).statusCode())
            .toList();
    assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
  }

  @Test
  void a_hook_is_changed_and_keeps_its_secrets_and_is_removed() {
    String name = name();
    post("/api/hooks", hook(name, "github")).then().statusCode(201);
    List<Document> before = stored(name).getList("secrets", Document.class);
    put(name, hook(name, "github", ",\"template\":\"{a}\""))
        .then()
        .statusCode(200)
        .body("template", equalTo("{a}"))
        .body("secret", nullValue());
    assertThat(stored(name).getList("secrets", Document.class)).isEqualTo(before);
    put(name, "{\"scheme\":\"github\",\"secrets\":[\"0123456789abcdef\"]}").then().statusCode(200);
    assertThat(stored(name).getList("secrets", Document.class)).hasSize(1).isNotEqualTo(before);
    put(name, hook("other", "github")).then().statusCode(400);

    key().delete("/api/hooks/" + name).then().statusCode(204);
    key().delete("/api/hooks/" + name).then().statusCode(404);
    key().get("/api/hooks/" + name).then().statusCode(404);
    put(name, hook(name, "github")).then().statusCode(404);
    key().post("/api/hooks/" + name + "/secret").then().statusCode(404);
    post("/api/hooks/" + name + "/preview", "{\"body\":\"{}\"}").then().statusCode(404);
    key().get("/api/hooks/" + name + "/deliveries").then().statusCode(404);
  }

  @Test
  void a_new_secret_leaves_the_old_one_good_for_a_day() {
    String name = name();
    post("/api/hooks", hook(name, "token")).then().statusCode(201);
    JsonPath renewed =
        key()
            .post("/api/hooks/" + name + "/secret")
            .then()
            .statusCode(200)
            .body("secret", matchesPattern("[0-9a-f]{64}"))
            .extract()
            .jsonPath();
    assertThat(Instant.parse(renewed.getString("oldUntil")))
        .isBetween(
            Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(25)));
    post("/api/hooks/" + name + "/secret", "{\"secret\":\"given-by-the-service\"}")
        .then()
        .statusCode(200)
        .body("secret", nullValue());
    preview(name, "\"Authorization\":\"Bearer " + renewed.getString("secret") + "\"", "{}")
        .then()
        .body("verified", equalTo(true));
    preview(name, "\"Authorization\":\"Bearer given-by-the-service\"", "{}")
        .then()
        .body("verified", equalTo(true));
    post("/api/hooks/" + name + "/secret", "{\"secret\":\"short\"}").then().statusCode(400);
  }

  @Test
  void many_new_secrets_at_one_moment_are_all_good() {
    String name = name();
    post("/api/hooks", hook(name, "token")).then().statusCode(201);
    List<String> secrets =
        java.util.stream.IntStream.range(0, 3)
            .parallel()
            .mapToObj(
                at -> key().post("/api/hooks/" + name + "/secret").jsonPath().getString("secret"))
            .toList();
    assertThat(secrets).doesNotContainNull().doesNotHaveDuplicates();
    for (String secret : secrets) {
      preview(name, "\"Authorization\":\"Bearer " + secret + "\"", "{}")
          .then()
          .body("verified", equalTo(true));
    }
  }

  @Test
  void a_preview_says_which_rule_let_the_sample_through_or_not() {
    key()
        .contentType(ContentType.JSON)
        .body("{\"body\":{\"status\":\"firing\",\"name\":\"disk_*full*\",\"group\":\"g1\"}}")
        .post("/api/hooks/alerts/preview")
        .then()
        .statusCode(200)
        .body("verified", nullValue())
        .body("matched", equalTo(true))
        .body("reason", equalTo("All conditions hold: 1."))
        .body("thread", equalTo("g1"))
        .body("title", equalTo("alerts: g1"))
        .body("text", containsString("firing: disk\\_\\*full\\*"));
    preview(
            "alerts",
            "\"Authorization\":\"Bearer " + CONFIGURED_SECRET + "\"",
            "{\"status\":\"x\"}")
        .then()
        .statusCode(200)
        .body("verified", equalTo(true))
        .body("matched", equalTo(false))
        .body("reason", containsString("when[0]: /status is \"x\" and should be one of"))
        .body("text", equalTo(""));
    preview("alerts", "\"Authorization\":\"Bearer wrong-wrong-wrong\"", "{}")
        .then()
        .body("verified", equalTo(false))
        .body("verification", notNullValue());
    preview("alerts", "", "not json at all").then().statusCode(200).body("matched", equalTo(false));
    preview("alerts", "", "[".repeat(5000)).then().statusCode(200).body("problem", notNullValue());
  }

  @Test
  void a_preview_names_unknown_fields_and_the_place_of_a_fault() {
    String name = name();
    post("/api/hooks", hook(name, "github", ",\"template\":\"{a} {b}\"")).then().statusCode(201);
    preview(name, "", "{\"a\":1}").then().body("text", equalTo("1")).body("unknown", hasItems("b"));
    put(name, hook(name, "github", ",\"template\":\"x\\n{#if a > 3}y{/if}\""))
        .then()
        .statusCode(200);
    preview(name, "", "{\"a\":\"z\"}")
        .then()
        .statusCode(200)
        .body("problem", containsString("line 2"))
        .body("text", nullValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"body\":\"x\",\"headers\":{\"a b\":\"c\"}}",
        "{\"body\":\"x\",\"headers\":{\"a\":null}}",
        "{\"body\":\"x\",\"headers\":[]}"
      })
  void a_wrong_sample_is_refused(String body) {
    post("/api/hooks/alerts/preview", body).then().statusCode(400).body("error", notNullValue());
  }

  @Test
  void a_hook_of_the_configuration_is_shown_and_cannot_be_changed() {
    key()
        .get("/api/hooks/alerts")
        .then()
        .statusCode(200)
        .body("readOnly", equalTo(true))
        .body("owner", equalTo(TestDatabase.OWNER_EMAIL))
        .body("digest", equalTo("30s"))
        .body("when[0].in", contains("firing", "resolved"));
    assertThat(key().get("/api/hooks/alerts").asString()).doesNotContain(CONFIGURED_SECRET);
    key().get("/api/hooks/home-made").then().body("settings.header", equalTo("X-Mine"));
    String sentence = "is in the configuration (switchboard.hooks) and can only be changed there";
    put("alerts", hook("alerts", "github"))
        .then()
        .statusCode(409)
        .body("error", containsString(sentence));
    key()
        .delete("/api/hooks/alerts")
        .then()
        .statusCode(409)
        .body("error", containsString(sentence));
    key()
        .post("/api/hooks/alerts/secret")
        .then()
        .statusCode(409)
        .body("error", containsString(sentence));
    post("/api/hooks", hook("alerts", "github")).then().statusCode(409);
    key().get("/api/hooks/alerts/deliveries").then().statusCode(200);
  }

  @Test
  void deliveries_are_listed_the_newest_first_and_a_large_body_is_shown_alone() {
    String name = name();
    post("/api/hooks", hook(name, "github")).then().statusCode(201);
    for (int at = 0; at < 3; at++) {
      delivery(name, "d" + at, at == 1 ? "FAILED" : "SKIPPED", at == 2 ? 40_000 : 10, at);
    }
    key()
        .get("/api/hooks/" + name + "/deliveries")
        .then()
        .statusCode(200)
        .body("total", equalTo(3))
        .body("items.id", contains(name + "-d2", name + "-d1", name + "-d0"))
        .body("items[0].body", nullValue())
        .body("items[0].bytes", equalTo(40_000))
        .body("items[1].body", equalTo("x".repeat(10)))
        .body("items[1].state", equalTo("failed"))
        .body("items[1].reason", equalTo("Because"))
        .body("items[1].headers.'x-github-event'", equalTo("push"));
    key()
        .queryParam("state", "failed")
        .get("/api/hooks/" + name + "/deliveries")
        .then()
        .body("items.id", contains(name + "-d1"));
    key()
        .queryParam("state", "lost")
        .get("/api/hooks/" + name + "/deliveries")
        .then()
        .statusCode(400)
        .body(
            "error",
            equalTo("state must be one of accepted, collected, appended, skipped, failed"));
    key()
        .get("/api/hooks/" + name + "/deliveries/" + name + "-d2")
        .then()
        .body("body", equalTo("x".repeat(40_000)));
    key().get("/api/hooks/alerts/deliveries/" + name + "-d2").then().statusCode(404);
  }

  @Test
  void a_failed_delivery_is_replayed_after_its_template_was_corrected() {
    String name = name();
    String conversation = libreChat.conversation(owner);
    String into = ",\"conversationId\":\"" + conversation + "\"";
    String secret =
        post("/api/hooks", hook(name, "token", into + ",\"template\":\"x\\n{#if a > 3}y{/if}\""))
            .then()
            .statusCode(201)
            .extract()
            .path("secret");
    given()
        .header("Authorization", "Bearer " + secret)
        .contentType(ContentType.JSON)
        .body("{\"a\":\"seven\"}")
        .post("/api/hooks/" + name)
        .then()
        .statusCode(200);
    String path = "/api/hooks/" + name + "/deliveries";
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                key()
                    .queryParam("state", "failed")
                    .get(path)
                    .then()
                    .body("items", hasSize(1))
                    .body("items[0].reason", containsString("line 2")));
    String id = key().get(path).jsonPath().getString("items[0].id");
    assertThat(libreChat.messages(conversation, owner)).hasSize(2);

    put(name, hook(name, "token", into + ",\"template\":\"a is {a}\"")).then().statusCode(200);
    key().post(path + "/" + id + "/replay").then().statusCode(200);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              key().get(path + "/" + id).then().body("state", equalTo("appended"));
              assertThat(libreChat.lastMessage(conversation, owner))
                  .containsEntry("text", "a is seven");
            });
    key().post(path + "/" + id + "/replay").then().statusCode(409);
    assertThat(libreChat.messages(conversation, owner)).hasSize(3);
    key().post(path + "/nothing/replay").then().statusCode(404);
  }

  @Test
  void a_hook_of_the_configuration_takes_webhooks() {
    given()
        .header("Authorization", "Bearer " + CONFIGURED_SECRET)
        .contentType(ContentType.JSON)
        .body("{\"status\":\"unknown\",\"name\":\"disk\"}")
        .post("/api/hooks/alerts")
        .then()
        .statusCode(200);
    given()
        .header("Authorization", "Bearer another-secret-of-nobody")
        .contentType(ContentType.JSON)
        .body("{}")
        .post("/api/hooks/alerts")
        .then()
        .statusCode(401);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                key()
                    .queryParam("state", "skipped")
                    .get("/api/hooks/alerts/deliveries")
                    .then()
                    .body("items.reason", hasItems(containsString("when[0]: /status"))));
  }

  @Test
  void a_page_of_hooks_has_its_bounds() {
    key()
        .queryParam("limit", 1)
        .queryParam("offset", 1)
        .get("/api/hooks")
        .then()
        .statusCode(200)
        .body("items", hasSize(1))
        .body("limit", equalTo(1))
        .body("offset", equalTo(1));
    key().queryParam("limit", 201).get("/api/hooks").then().statusCode(400);
    given().get("/api/hooks").then().statusCode(401);
    given().delete("/api/hooks/alerts").then().statusCode(401);
  }

  @Test
  void no_secret_is_in_the_log() {
    String own = "a-secret-that-nobody-may-read";
    try (LogLines log = LogLines.all()) {
      String name = name();
      post("/api/hooks", hook(name, "shopify", ",\"secrets\":[\"" + own + "\"]"))
          .then()
          .statusCode(201);
      put(name, hook(name, "shopify", ",\"secrets\":[\"" + own + "\"]")).then().statusCode(200);
      assertThat(log.texts()).noneMatch(line -> line.contains(own));
    }
  }

  private void delivery(String hook, String id, String state, int bytes, int second) {
    libreChat
        .collection("switchboard_deliveries")
        .insertOne(
            new Document("_id", hook + "-" + id)
                .append("hook", hook)
                .append("deliveryId", id)
                .append("event", "push")
                .append("state", state)
                .append("reason", "Because")
                .append("headers", new Document("x-github-event", "push"))
                .append("body", "x".repeat(bytes).getBytes())
                .append("bytes", bytes)
                .append("receivedAt", new Date(System.currentTimeMillis() + second * 1000L)));
  }

  private Document stored(String name) {
    return libreChat.collection("switchboard_hooks").find(eq("_id", name)).first();
  }

  private static io.restassured.response.Response preview(
      String name, String headers, String body) {
    return post(
        "/api/hooks/" + name + "/preview",
        "{\"headers\":{" + headers + "},\"body\":" + quoted(body) + "}");
  }

  private static String quoted(String text) {
    return com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
  }

  private static String name() {
    return "hook-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static String hook(String name, String scheme) {
    return hook(name, scheme, "");
  }

  private static String hook(String name, String scheme, String more) {
    return "{\"name\":\"" + name + "\",\"scheme\":\"" + scheme + "\"" + more + "}";
  }

  private static io.restassured.response.Response post(String path, String body) {
    return key().contentType(ContentType.JSON).body(body).post(path);
  }

  private static io.restassured.response.Response put(String name, String body) {
    return key().contentType(ContentType.JSON).body(body).put("/api/hooks/" + name);
  }

  private static RequestSpecification key() {
    return given().header("X-Internal-API-Key", TestDatabase.API_KEY);
  }
}
