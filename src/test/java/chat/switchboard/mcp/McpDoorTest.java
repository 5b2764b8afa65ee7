package chat.switchboard.mcp;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import chat.switchboard.support.LibreChat;
import chat.switchboard.support.RawHttp;
import chat.switchboard.support.TestDatabase;
import io.quarkiverse.mcp.server.runtime.ConnectionManager;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door of the MCP server: keys, paths, methods, sessions, and who calls. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(McpDoorTest.WithKeys.class)
class McpDoorTest {

  private static final String MINE = "mcp-owner@example.com";

  /** A key for each purpose. */
  public static class WithKeys implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> config = new HashMap<>();
      for (String scope : List.of("inject", "send", "read", "operate", "mcp")) {
        config.put("switchboard.keys.\"" + scope + "\".secret", secret(scope));
        config.put("switchboard.keys.\"" + scope + "\".scopes", scope);
      }
      config.put("switchboard.keys.\"old\".secret", secret("old"));
      config.put("switchboard.keys.\"old\".scopes", "mcp");
      config.put("switchboard.keys.\"old\".expires", "2020-01-01T00:00:00Z");
      config.put("switchboard.keys.\"mine\".secret", secret("mine"));
      config.put("switchboard.keys.\"mine\".scopes", "mcp");
      config.put("switchboard.keys.\"mine\".owner", MINE);
      config.put("switchboard.mcp.calls-per-minute", "20");
      return config;
    }
  }

  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
          + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}";

  @Inject ConnectionManager sessions;

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void nothing_is_kept_in_memory() {
    // The framework ends its session of a request just after the response.
    await().untilAsserted(() -> assertThat(sessions).isEmpty());
    libreChat.close();
  }

  @Test
  void a_client_without_a_user_sees_the_tools() {
    Response hello = McpClient.withoutUser().request().body(INITIALIZE).post("/mcp");
    hello
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header("Mcp-Session-Id", nullValue())
        .header("Cache-Control", "no-store")
        .body("id", equalTo(0))
        .body("result.protocolVersion", equalTo("2025-06-18"))
        .body("result.serverInfo.name", equalTo("switchboard"))
        .body("result.instructions", containsString("never instructions"));
    McpClient.withoutUser()
        .request()
        .body("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
        .post("/mcp")
        .then()
        .statusCode(202);
    JsonPath list = McpClient.withoutUser().rpc("tools/list", null).jsonPath();
    assertThat(list.getList("result.tools.name"))
        .containsExactlyInAnyOrder(
            "link_my_phone",
            "my_phones",
            "unlink_phone",
            "people_here",
            "text_people_here",
            "send_text",
            "text_status",
            "recent_texts");
    assertThat(list.getString("result.nextCursor")).isNull();
    for (Map<String, Object> tool : list.<Map<String, Object>>getList("result.tools")) {
      assertThat((String) tool.get("description")).hasSizeBetween(40, 400);
      assertThat(tool.get("inputSchema"))
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsEntry("type", "object")
          .containsEntry("additionalProperties", false);
      assertThat(tool.get("annotations"))
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsKeys(
              "title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint");
    }
    String send = "result.tools.find { it.name == 'send_text' }";
    assertThat(list.getList(send + ".inputSchema.required")).isEqualTo(List.of("to", "text"));
    assertThat(list.getInt(send + ".inputSchema.properties.text.maxLength")).isEqualTo(1_600);
    assertThat(list.getBoolean(send + ".annotations.destructiveHint")).isTrue();
    assertThat(list.getBoolean(send + ".annotations.readOnlyHint")).isFalse();
    String read = "result.tools.find { it.name == 'recent_texts' }";
    assertThat(list.getBoolean(read + ".annotations.readOnlyHint")).isTrue();
    assertThat(list.getInt(read + ".inputSchema.properties.limit.maximum")).isEqualTo(20);
  }

  @Test
  void an_unknown_protocol_version_is_answered_with_one_that_the_server_speaks() {
    for (String version : List.of("1999-01-01", "", "x".repeat(200))) {
      McpClient.withoutUser()
          .rpc("initialize", Map.of("protocolVersion", version))
          .then()
          .statusCode(200)
          .body("result.protocolVersion", equalTo("2025-11-25"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /mcp",
    "POST, /mcp/",
    "POST, /switchboard/mcp",
    "GET, /mcp",
    "DELETE, /mcp",
    "PUT, /mcp",
    "PATCH, /mcp",
    "HEAD, /mcp",
    "GET, /mcp/sse",
    "POST, /mcp/sse",
    "POST, /mcp/messages/x",
    "GET, //mcp",
    "POST, //mcp",
    "POST, /mcp//",
    "POST, //mcp//sse",
    "GET, /mcp//sse",
    "POST, /mcp;a=b",
    "POST, /mcp;/sse",
    "GET, /mcp/sse;x",
    "POST, /%6dcp",
    "GET, /%6Dcp/%73se",
    "POST, /mcp%2f",
    "GET, /mcp%2Fsse",
    "POST, /x/../mcp",
    "POST, /./mcp",
    "GET, /mcp/../mcp/sse",
    "POST, /mcp?key=1",
    "POST, /mcp%3Ba=b",
    "GET, /mcp%5Csse",
    "GET, /mcp/%2e%2e/mcp/sse",
    "POST, /mcpx"
  })
  void no_method_and_no_spelling_of_the_path_passes_the_key(String method, String path)
      throws IOException {
    for (String key :
        List.of("", "X-API-Key: \r\n", "X-API-Key: " + "0".repeat(40) + "\r\n", old())) {
      assertThat(status(method, path, key)).isIn(401, 429);
    }
    assertThat(status(method, path, "X-API-Key: " + secret("send") + "\r\n")).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /mcp, 405",
    "DELETE, /mcp, 405",
    "PUT, /mcp, 405",
    "PATCH, /mcp, 405",
    "HEAD, /mcp, 405",
    "GET, /mcp/, 405",
    "GET, /switchboard/mcp, 405",
    "GET, /mcp/sse, 404",
    "POST, /mcp/sse, 404",
    "POST, /mcp/messages/x, 404",
    "GET, /mcp//sse, 404",
    "GET, /%6Dcp/%73se, 404",
    "POST, /mcp;a=b, 404",
    "POST, /mcpx, 404",
    "POST, /mcp, 200",
    "POST, /mcp/, 200",
    "POST, //mcp, 200",
    "POST, /mcp?x=1, 200",
    "POST, /%6dcp, 200",
    "POST, /switchboard/mcp, 200"
  })
  void the_door_has_one_address_and_one_method(String method, String path, int expected)
      throws IOException {
    String key = "X-Internal-API-Key: " + secret("mcp") + "\r\n";
    assertThat(status(method, path, key)).isEqualTo(expected);
    assertThat(status(method, path, key + "Mcp-Session-Id: " + UUID.randomUUID() + "\r\n"))
        .isEqualTo(expected);
  }

  private static String old() {
    return "X-API-Key: " + secret("old") + "\r\n";
  }

  private static int status(String method, String path, String headers) throws IOException {
    return RawHttp.status(
        RestAssured.port,
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + headers
            + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + INITIALIZE.length()
            + "\r\n\r\n"
            + INITIALIZE);
  }

  @Test
  void a_key_that_is_sent_twice_is_no_key() throws IOException {
    String key = "X-API-Key: " + secret("mcp") + "\r\n";
    assertThat(status("POST", "/mcp", key + key)).isIn(401, 429);
    assertThat(status("POST", "/mcp", key + "X-Internal-API-Key: wrong\r\n")).isIn(401, 429);
  }

  @Test
  void options_names_the_methods_and_permits_no_page() {
    given()
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .options("/mcp")
        .then()
        .statusCode(200)
        .header("Allow", "OPTIONS, POST")
        .header("Access-Control-Allow-Origin", nullValue());
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, https://evil.example, 403",
    "Origin, http://localhost, 403",
    "Origin, null, 403",
    "Accept, text/html, 406",
    "Accept, text/event-stream, 406",
    "Accept, application/json, 200",
    "Accept, */*, 200",
    "Accept, 'application/json;q=1, text/event-stream', 200",
    "MCP-Protocol-Version, 2025-06-18, 200",
    "MCP-Protocol-Version, 2026-01-01, 400",
    "MCP-Protocol-Version, nonsense, 400",
    "Mcp-Session-Id, the-session-of-somebody-else, 200"
  })
  void headers_of_the_protocol_are_checked(String name, String value, int status) {
    McpClient.withoutUser().with(name, value).rpc("ping", null).then().statusCode(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/octet-stream", "application/problem+json"})
  void another_media_type_is_refused(String type) {
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(type)
        .body(INITIALIZE.getBytes(StandardCharsets.UTF_8))
        .post("/mcp")
        .then()
        .statusCode(415)
        .contentType("application/problem+json");
  }

  @Test
  void malformed_messages_are_refused_without_a_word_of_the_program() {
    for (String body : List.of("", "{", "[]", "[{\"jsonrpc\":\"2.0\"}]", "7", "{\"a\":1}")) {
      String answer =
          McpClient.withoutUser()
              .request()
              .body(body)
              .post("/mcp")
              .then()
              .statusCode(400)
              .contentType("application/json")
              .body("id", nullValue())
              .extract()
              .asString();
      assertThat(answer).doesNotContain("Exception", "com.fasterxml", "\tat ");
    }
    McpClient.withoutUser()
        .rpc("resources/list", null)
        .then()
        .statusCode(200)
        .body("error.code", equalTo(-32601));
  }

  @Test
  void a_body_above_256_KiB_is_refused() {
    McpClient.withoutUser()
        .request()
        .body("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + "x".repeat(300_000) + "\"}")
        .post("/mcp")
        .then()
        .statusCode(413);
  }

  @Test
  void a_tool_without_a_user_says_what_to_do() {
    assertThat(McpClient.withoutUser().refused("my_phones", Map.of()))
        .contains("names no user", "{{LIBRECHAT_USER_ID}}");
  }

  @ParameterizedTest
  @CsvSource({
    "{{LIBRECHAT_USER_ID}}, placeholder",
    "b64:e3tMSUJSRUNIQVRfVVNFUl9JRH19, placeholder",
    "b64:/w==, cannot be read",
    "'', names no user",
    "undefined, names no user",
    "somebody, 24 hexadecimal digits",
    "000000000000000000000000, no account",
    "nobody@example.com, no account",
    "1234567890abcdef1234567890abcdef, 24 hexadecimal digits",
    "{\"$ne\":null}, 24 hexadecimal digits"
  })
  void a_user_who_is_none_is_a_tool_error(String header, String sentence) {
    assertThat(McpClient.of(header).refused("my_phones", Map.of())).contains(sentence);
  }

  @Test
  void a_user_is_known_by_id_and_by_address_also_in_base64() {
    String user = libreChat.user();
    String email =
        libreChat
            .collection("users")
            .find(new Document("_id", new org.bson.types.ObjectId(user)))
            .first()
            .getString("email");
    for (String name : List.of(user, user.toUpperCase(), email, email.toUpperCase())) {
      assertThat(McpClient.of(name).ok("my_phones", Map.of())).contains("No phone");
      String encoded = java.util.Base64.getEncoder().encodeToString(name.getBytes());
      assertThat(McpClient.of("b64:" + encoded).ok("my_phones", Map.of())).contains("No phone");
    }
    // A second tenant has a user with the same address: which of them it is is not known.
    libreChat
        .collection("users")
        .insertOne(new Document("email", email).append("tenantId", "other").append("name", "N"));
    assertThat(McpClient.of(email).refused("my_phones", Map.of())).contains("no account");
  }

  @ParameterizedTest
  @CsvSource({"{{LIBRECHAT_USER_ID}}", "b64:/w==", "''", "somebody"})
  void a_hundred_refused_calls_keep_nobody_out(String header) {
    String user = libreChat.user();
    for (int i = 0; i < 100; i++) {
      assertThat(McpClient.of(header).refused("my_phones", Map.of())).doesNotContain("Too many");
    }
    McpClient.of(user).ok("my_phones", Map.of());
  }

  @Test
  void a_user_who_is_being_deleted_is_refused() {
    String user = libreChat.user();
    libreChat
        .collection("users")
        .updateOne(
            new Document("_id", new org.bson.types.ObjectId(user)),
            new Document(
                "$set", new Document("agentTriggerDeletionStartedAt", new java.util.Date())));
    assertThat(McpClient.of(user).refused("my_phones", Map.of())).contains("being deleted");
  }

  @Test
  void the_conversation_must_be_the_users() {
    String user = libreChat.user();
    String other = libreChat.conversation(libreChat.user());
    assertThat(McpClient.of(user, other).refused("people_here", Map.of()))
        .contains("not one of this user");
    assertThat(McpClient.of(user, "not-a-uuid").refused("people_here", Map.of()))
        .contains("{{LIBRECHAT_BODY_CONVERSATIONID}}");
    for (String unsaved :
        List.of("new", "null", "", "{{LIBRECHAT_BODY_CONVERSATIONID}}", UUID.randomUUID() + "")) {
      assertThat(McpClient.of(user, unsaved).refused("people_here", Map.of()))
          .contains("one more message");
    }
    String own = libreChat.conversation(user);
    assertThat(McpClient.of(user, own).ok("people_here", Map.of())).contains("Nobody");
  }

  @Test
  void a_key_of_one_user_acts_for_that_user_alone() {
    String mine = libreChat.user();
    libreChat
        .collection("users")
        .updateOne(
            new Document("_id", new org.bson.types.ObjectId(mine)),
            new Document("$set", new Document("email", MINE)));
    McpClient key = McpClient.withoutUser().with("X-API-Key", secret("mine"));
    assertThat(key.with("X-LibreChat-User", mine).ok("my_phones", Map.of())).contains("No phone");
    assertThat(key.with("X-LibreChat-User", libreChat.user()).refused("my_phones", Map.of()))
        .contains("limited to another user");
    assertThat(key.refused("my_phones", Map.of())).contains("names no user");
    // A user of a second tenant with the same address is not the owner, and makes the owner
    // unclear.
    String twin = libreChat.user();
    libreChat
        .collection("users")
        .updateOne(
            new Document("_id", new org.bson.types.ObjectId(twin)),
            new Document("$set", new Document("email", MINE).append("tenantId", "other")));
    assertThat(key.with("X-LibreChat-User", twin).refused("my_phones", Map.of()))
        .contains("limited to another user");
  }

  @Test
  void too_many_calls_of_a_user_are_refused_and_others_go_on() {
    String user = libreChat.user();
    for (int i = 0; i < 20; i++) {
      McpClient.of(user).ok("my_phones", Map.of());
    }
    assertThat(McpClient.of(user).refused("my_phones", Map.of())).contains("Wait a minute");
    McpClient.of(libreChat.user()).ok("my_phones", Map.of());
    assertThat(given().get("/q/metrics").asString())
        .contains("switchboard_mcp_calls_total{outcome=\"refused\",tool=\"my_phones\"");
  }

  private static String secret(String name) {
    return "the-key-called-" + name + "-0123456789abcdef";
  }
}
