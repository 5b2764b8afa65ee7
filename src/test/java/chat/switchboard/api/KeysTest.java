package chat.switchboard.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.ops.Digests;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys with scopes, and the audit. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(KeysTest.WithKeys.class)
class KeysTest {

  private static final String MINE = "key-owner@example.com";

  /** A key for each purpose. */
  public static class WithKeys implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> config = new HashMap<>();
      for (String scope : List.of("inject", "send", "read", "operate", "mcp")) {
        config.put("switchboard.keys.\"" + scope + "\".secret", secret(scope));
        config.put("switchboard.keys.\"" + scope + "\".scopes", scope);
      }
      config.put("switchboard.keys.\"hashed\".secret-sha256", Digests.sha256Hex(secret("hashed")));
      config.put("switchboard.keys.\"hashed\".scopes", "read,operate");
      config.put("switchboard.keys.\"old\".secret", secret("old"));
      config.put("switchboard.keys.\"old\".scopes", "read");
      config.put("switchboard.keys.\"old\".expires", "2020-01-01T00:00:00Z");
      config.put("switchboard.keys.\"bound\".secret", secret("bound"));
      config.put("switchboard.keys.\"bound\".scopes", "inject,send,read,operate,mcp");
      config.put("switchboard.keys.\"bound\".owner", MINE);
      config.put("switchboard.keys.\"mine\".secret", secret("mine"));
      config.put("switchboard.keys.\"mine\".scopes", "read,operate,inject");
      config.put("switchboard.keys.\"mine\".expires", "2999-01-01T00:00:00Z");
      config.put("switchboard.keys.\"mine\".owner", MINE);
      return config;
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String mine;

  @BeforeEach
  void users() {
    libreChat.owner();
    Document known =
        libreChat
            .collection("users")
            .find(com.mongodb.client.model.Filters.eq("email", MINE))
            .first();
    if (known == null) {
      mine = libreChat.user();
      libreChat
          .collection("users")
          .updateOne(
              com.mongodb.client.model.Filters.eq("_id", new org.bson.types.ObjectId(mine)),
              com.mongodb.client.model.Updates.set("email", MINE));
    } else {
      mine = known.getObjectId("_id").toHexString();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/hooks, read",
    "GET, /api/inbox, read",
    "GET, /api/sms, read",
    "GET, /api/mappings, read",
    "GET, /api/doctor, read",
    "GET, /api/events, read",
    "GET, /api/audit, operate",
    "POST, /api/hooks, operate",
    "DELETE, /api/hooks/nothing, operate",
    "PUT, /api/hooks/nothing, operate",
    "POST, /api/hooks/nothing/secret, operate",
    "POST, /api/hooks/nothing/preview, operate",
    "POST, /api/hooks/nothing/deliveries/1/replay, operate",
    "POST, /api/events/nothing/resume, operate",
    "POST, /api/inbox/nothing/requeue, operate",
    "POST, /api/sms/nothing/requeue, operate",
    "DELETE, /api/sms/nothing, operate",
    "POST, /api/mappings, operate",
    "POST, /api/people/forget, operate",
    "POST, /api/spend/pause, operate",
    "POST, /api/messages/external, inject",
    "POST, /api/messages/0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11/external, inject",
    "POST, /api/sms, send",
    "POST, /api/sms/conversations/0b5a2d5c-5b0c-4c5e-8d52-6b8f4c3c1c11, send"
  })
  void what_a_key_may_not_do_is_403_with_the_missing_scope(
      String method, String path, String scope) {
    for (String prefix : List.of("", "/switchboard")) {
      for (String other : List.of("inject", "send", "read", "operate", "mcp")) {
        RequestSpecification request = key(secret(other));
        if (!method.equals("GET")) {
          request.contentType(ContentType.JSON).body("{}");
        }
        if (other.equals(scope)) {
          if (!path.equals("/api/spend/pause")) {
            assertThat(request.request(method, prefix + path).statusCode()).isNotIn(401, 403);
          }
        } else {
          request
              .request(method, prefix + path)
              .then()
              .statusCode(403)
              .contentType("application/problem+json")
              .body("error", equalTo("The key " + other + " does not have the scope " + scope));
        }
      }
    }
  }

  @Test
  void a_key_by_its_hash_works_and_the_hash_itself_is_no_key() {
    key(secret("hashed")).get("/api/hooks").then().statusCode(200);
    key(Digests.sha256Hex(secret("hashed"))).get("/api/hooks").then().statusCode(401);
  }

  @Test
  void a_key_whose_time_is_over_is_no_key() {
    key(secret("old")).get("/api/hooks").then().statusCode(401);
  }

  @Test
  void a_key_of_one_user_makes_and_sees_the_hooks_of_that_user_alone() {
    String own = hook(secret("mine"), "").then().statusCode(201).extract().path("name");
    key(secret("mine")).get("/api/hooks/" + own).then().body("owner", equalTo(mine));
    String other = hook(TestDatabase.API_KEY, "").then().statusCode(201).extract().path("name");
    hook(secret("mine"), ",\"owner\":\"" + MINE.toUpperCase() + "\"").then().statusCode(201);
    hook(secret("mine"), ",\"owner\":\"" + TestDatabase.OWNER_EMAIL + "\"")
        .then()
        .statusCode(403)
        .body("error", containsString("another user"));
    String theirs = libreChat.conversation(libreChat.owner());
    hook(secret("mine"), ",\"conversationId\":\"" + theirs + "\"").then().statusCode(404);
    String ours = libreChat.conversation(mine);
    hook(secret("mine"), ",\"conversationId\":\"" + ours + "\"").then().statusCode(201);

    String list = key(secret("mine")).queryParam("limit", 200).get("/api/hooks").asString();
    assertThat(list).contains(own).doesNotContain(other);
    for (String path : List.of("", "/deliveries", "/deliveries/1")) {
      key(secret("mine")).get("/api/hooks/" + other + path).then().statusCode(404);
    }
    key(secret("mine")).delete("/api/hooks/" + other).then().statusCode(404);
    key(secret("mine")).post("/api/hooks/" + other + "/secret").then().statusCode(404);
    json(secret("mine"), "{\"body\":\"{}\"}")
        .post("/api/hooks/" + other + "/preview")
        .then()
        .statusCode(404);
    json(secret("mine"), "{\"scheme\":\"github\"}")
        .put("/api/hooks/" + other)
        .then()
        .statusCode(404);
    json(secret("mine"), "{\"scheme\":\"gitlab\"}").put("/api/hooks/" + own).then().statusCode(200);
    key(secret("mine")).delete("/api/hooks/" + own).then().statusCode(204);
  }

  @Test
  void a_key_of_one_user_is_refused_where_users_are_not_told_apart() {
    for (String path : List.of("/api/inbox", "/api/sms", "/api/audit", "/api/events")) {
      key(secret("mine"))
          .get(path)
          .then()
          .statusCode(403)
          .body("error", containsString("limited to one user"));
    }
    json(secret("mine"), "{\"role\":\"external\",\"content\":\"x\"}")
        .post("/api/messages/" + libreChat.conversation(libreChat.owner()) + "/external")
        .then()
        .statusCode(403);
  }

  /** Doors that know the owners of their things; a new door is refused until it is listed here. */
  private static final Set<String> KNOWING_OWNERS =
      Set.of(
          "listHooks",
          "makeHook",
          "getHook",
          "changeHook",
          "removeHook",
          "renewHookSecret",
          "previewHook",
          "listHookDeliveries",
          "getHookDelivery",
          "replayHookDelivery");

  /** All other doors with a key; a key of one user is refused. */
  private static final Set<String> OF_ALL_USERS =
      Set.of(
          "countStreams",
          "dropInboxEntry",
          "dropReply",
          "dropText",
          "examine",
          "forgetPerson",
          "forgetPersonByNumber",
          "getInboxEntry",
          "getMapping",
          "getMedia",
          "getReply",
          "getSpend",
          "getText",
          "injectMessage",
          "injectMessageByPhoneNumber",
          "listAudit",
          "listEventReceivers",
          "listFeed",
          "listInbox",
          "listMappings",
          "listPhones",
          "makePhoneCode",
          "listMedia",
          "listOptOuts",
          "listReplies",
          "listTemplates",
          "listTexts",
          "makeMapping",
          "pauseSending",
          "removeMapping",
          "renewCode",
          "requeueInboxEntry",
          "requeueMedia",
          "requeueReply",
          "requeueText",
          "resumeEventReceiver",
          "resumeSending",
          "sendText",
          "textPeopleOfConversation",
          "unlinkPhone");

  @Test
  void a_key_of_one_user_gets_only_what_belongs_to_that_user_at_every_door() {
    String others = hook(TestDatabase.API_KEY, "").then().statusCode(201).extract().path("name");
    String foreign = libreChat.conversation(libreChat.owner());
    String mapping =
        json(
                TestDatabase.API_KEY,
                "{\"phoneNumber\":\"+15551239944\",\"conversationId\":\"" + foreign + "\"}")
            .post("/api/mappings")
            .path("id");
    Map<String, Map<String, Map<String, Object>>> paths =
        given().get("/q/openapi?format=json").jsonPath().getMap("paths");
    Set<String> seen = new TreeSet<>();
    paths.forEach(
        (path, operations) ->
            operations.forEach(
                (method, operation) -> {
                  if (!String.valueOf(operation.get("security")).contains("apiKey")) {
                    return;
                  }
                  String name = String.valueOf(operation.get("operationId"));
                  seen.add(name);
                  String address =
                      path.replace("{name}", others)
                          .replace("{conversationId}", foreign)
                          .replace("{phoneNumber}", "+15551239944")
                          .replace("{id}", path.contains("mappings") ? mapping : "1");
                  for (String prefix : List.of("", "/switchboard")) {
                    RequestSpecification request = key(secret("bound"));
                    if (!method.equals("get") && !method.equals("delete")) {
                      request
                          .contentType(ContentType.JSON)
                          .body(
                              "{\"scheme\":\"github\",\"body\":\"{}\",\"secret\":\"0123456789abcdef\"}");
                    }
                    int status =
                        request.request(method.toUpperCase(), prefix + address).statusCode();
                    if (OF_ALL_USERS.contains(name)) {
                      assertThat(status).as(name).isEqualTo(403);
                    } else if (address.contains(others)) {
                      assertThat(status).as(name).isEqualTo(404);
                    }
                  }
                }));
    Set<String> listed = new TreeSet<>(KNOWING_OWNERS);
    listed.addAll(OF_ALL_USERS);
    assertThat(seen).as("each door with a key is in one of the two lists").isEqualTo(listed);
    // Nothing was changed by the refused requests.
    key(TestDatabase.API_KEY).get("/api/hooks/" + others).then().statusCode(200);
    key(TestDatabase.API_KEY).get("/api/mappings/" + mapping).then().statusCode(200);
    key(TestDatabase.API_KEY).get("/api/spend").then().body("paused", equalTo(false));
    assertThat(key(secret("bound")).queryParam("limit", 200).get("/api/hooks").asString())
        .doesNotContain(others);
  }

  @Test
  void a_large_body_is_not_read_for_a_key_that_may_not_use_it() {
    String body = "{\"role\":\"external\",\"content\":\"" + "x".repeat(300_000) + "\"}";
    for (String other : List.of("read", "bound")) {
      assertThat(
              json(secret(other), body)
                  .post("/api/messages/" + libreChat.conversation(mine) + "/external")
                  .statusCode())
          .as(other)
          .isIn(403, 413);
    }
  }

  @Test
  void only_one_whole_key_in_one_header_opens_a_door() {
    String good = secret("read");
    for (String wrong :
        List.of(
            good.toUpperCase(),
            good.substring(1),
            good + "0",
            "\"" + good + "\"",
            "Bearer " + good,
            good + "," + good,
            good + ", " + TestDatabase.API_KEY,
            good.replace("-", "\u2010"),
            good.replace("a", "\u0430"),
            " ")) {
      key(wrong).get("/api/hooks").then().statusCode(401);
    }
    given()
        .header("X-API-Key", good)
        .header("X-API-Key", good)
        .get("/api/hooks")
        .then()
        .statusCode(401);
    given()
        .header("X-Internal-API-Key", good)
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .get("/api/hooks")
        .then()
        .statusCode(401);
    // X-Internal-API-Key counts; the other name never adds rights.
    given()
        .header("X-Internal-API-Key", "wrong")
        .header("X-API-Key", good)
        .get("/api/hooks")
        .then()
        .statusCode(401);
    given()
        .header("X-Internal-API-Key", good)
        .header("X-API-Key", TestDatabase.API_KEY)
        .get("/api/audit")
        .then()
        .statusCode(403);
    for (String param : List.of("api_key", "key", "X-API-Key")) {
      given().queryParam(param, good).get("/api/hooks").then().statusCode(401);
    }
    given().header("Authorization", "Bearer " + good).get("/api/hooks").then().statusCode(401);
  }

  @Test
  void the_doctor_names_the_keys_that_end_and_the_key_for_everything() {
    key(secret("read"))
        .get("/api/doctor")
        .then()
        .body(
            "checks.find { it.name == 'API keys' }.says",
            containsString(
                "Expired: old (2020-01-01T00:00:00Z). INTERNAL_API_KEY may do everything"))
        .body("checks.find { it.name == 'API keys' }.status", equalTo("warn"));
  }

  @Test
  void the_audit_tells_of_mappings_codes_people_and_spending_with_masked_numbers() {
    String number = PhoneNumbers.next();
    String body =
        "{\"phoneNumber\":\"%s\",\"conversationId\":\"%s\"}"
            .formatted(number, libreChat.conversation(libreChat.owner()));
    String id = json(secret("operate"), body).post("/api/mappings").path("id");
    key(secret("operate")).post("/api/mappings/" + id + "/code").then().statusCode(200);
    key(secret("operate")).delete("/api/mappings/" + id).then().statusCode(204);
    key(secret("operate")).delete("/api/mappings/" + id).then().statusCode(404);
    json(secret("operate"), "{\"phoneNumber\":\"" + number + "\"}")
        .post("/api/people/forget")
        .then()
        .statusCode(200);
    key(secret("operate")).post("/api/spend/pause").then().statusCode(200);
    key(secret("hashed")).post("/api/spend/resume").then().statusCode(200);
    String all = key(secret("operate")).queryParam("limit", 200).get("/api/audit").asString();
    assertThat(all).doesNotContain(number);
    assertThat(
            JsonPath.from(all)
                .<Map<String, String>>getList(
                    "items.findAll { it.subject.contains('" + id + "') }"))
        .extracting(one -> one.get("key") + " " + one.get("action"))
        .containsExactly(
            "operate removed a mapping", "operate made a code", "operate made a mapping");
    assertThat(JsonPath.from(all).<String>getList("items.collect { it.key + ' ' + it.action }"))
        .containsSubsequence(
            "hashed resumed sending", "operate paused sending", "operate forgot a person");
    // Pages fit together, the newest first.
    String first = key(secret("operate")).queryParam("limit", 1).get("/api/audit").asString();
    String second =
        key(secret("operate"))
            .queryParam("limit", 1)
            .queryParam("offset", 1)
            .get("/api/audit")
            .asString();
    assertThat(JsonPath.from(first).getString("items[0].action")).isEqualTo("resumed sending");
    assertThat(JsonPath.from(second).getString("items[0].action")).isEqualTo("paused sending");
    Document kept =
        libreChat
            .collection("switchboard_audit")
            .find(new Document("action", "resumed sending"))
            .first();
    assertThat(
            java.time.Duration.between(
                kept.getDate("at").toInstant(), kept.getDate("forgetAt").toInstant()))
        .isEqualTo(java.time.Duration.ofDays(400));
  }

  @Test
  void the_audit_tells_who_did_what_to_a_hook() {
    String name = hook(secret("operate"), "").then().statusCode(201).extract().path("name");
    JsonPath secret = key(secret("hashed")).post("/api/hooks/" + name + "/secret").jsonPath();
    json(secret("operate"), "{\"scheme\":\"gitlab\"}").put("/api/hooks/" + name);
    key(TestDatabase.API_KEY).delete("/api/hooks/" + name).then().statusCode(204);
    key(TestDatabase.API_KEY).delete("/api/hooks/" + name).then().statusCode(404);
    String all = key(secret("operate")).queryParam("limit", 200).get("/api/audit").asString();
    assertThat(all).doesNotContain(secret.getString("secret"));
    assertThat(
            JsonPath.from(all)
                .<Map<String, String>>getList("items.findAll { it.subject == '" + name + "' }"))
        .extracting(one -> one.get("key") + " " + one.get("action"))
        .containsExactly(
            "INTERNAL_API_KEY removed a hook",
            "operate changed a hook",
            "hashed renewed the secret of a hook",
            "operate made a hook");
  }

  private static io.restassured.response.Response hook(String key, String more) {
    String name = "key-" + UUID.randomUUID().toString().substring(0, 8);
    return json(key, "{\"name\":\"" + name + "\",\"scheme\":\"github\"" + more + "}")
        .post("/api/hooks");
  }

  private static RequestSpecification json(String key, String body) {
    return key(key).contentType(ContentType.JSON).body(body);
  }

  private static RequestSpecification key(String key) {
    return given().header("X-API-Key", key);
  }

  private static String secret(String name) {
    return "the-key-called-" + name + "-0123456789abcdef";
  }
}
