package chat.switchboard.mcp;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.ops.Digests;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Tools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The official MCP client at two replicas of the packaged service, each of its requests at the
 * other one.
 */
class McpClientIT {

  private static final String FOLDER = "mcp";
  private static final String KEY = "the-key-of-librechat-0123456789abcdef";
  private static final String PERSON = "+15551239911";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Optional<String> missing;
  private static DatabaseForReplicas database;
  private static FakeTwilio twilio;
  private static Replica one;
  private static Replica two;
  private static Replica off;

  @BeforeAll
  static void twoReplicas() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    missing = Tools.npm(FOLDER);
    database = new DatabaseForReplicas();
    twilio = FakeTwilio.start();
    String[] options = {
      "-Dswitchboard.keys.\"librechat\".secret-sha256=" + Digests.sha256Hex(KEY),
      "-Dswitchboard.keys.\"librechat\".scopes=mcp",
      "-Dswitchboard.twilio.api-url=" + twilio.url(),
      "-Dswitchboard.twilio.from=+15557654321",
      "-Dswitchboard.quiet-hours="
    };
    one = Replica.start(database.uri(), options).ready();
    two = Replica.start(database.uri(), options).ready();
    off = Replica.start(database.uri(), "-Dswitchboard.mcp.enabled=false").ready();
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable started : new AutoCloseable[] {one, two, off, twilio, database}) {
      try {
        if (started != null) {
          started.close();
        }
      } catch (Exception stopped) {
        throw new IllegalStateException(stopped);
      }
    }
  }

  private final String user = database == null ? null : database.libreChat.user();

  @BeforeEach
  void tools() {
    Tools.need("McpClientIT", missing);
  }

  @Test
  void an_agent_texts_a_person_by_two_replicas_without_a_session() throws Exception {
    String conversation = database.libreChat.conversation(user);
    map(conversation);
    List<JsonNode> lines =
        run(
            Map.of(
                "X-API-Key", KEY,
                "X-LibreChat-User", user,
                "X-LibreChat-Conversation", conversation),
            call("people_here", Map.of()),
            call("send_text", Map.of("to", "Zoë", "text", "Dinner at 8? 🍝")),
            call("send_text", Map.of("to", "Zoë", "text", "Dinner at 8? 🍝")),
            call("recent_texts", Map.of("limit", 5)),
            Map.of("name", "ping"),
            call("send_text", Map.of("to", "+15550001122", "text", "Hello")),
            call("send_text", Map.of("to", List.of("a", "b"), "text", "Hello")));
    assertThat(lines.get(0).path("server").textValue()).isEqualTo("switchboard");
    assertThat(lines.get(0).path("session").isNull()).isTrue();
    assertThat(lines.get(0).path("tools")).hasSize(8);
    assertThat(text(lines, 1)).contains("Zoë").doesNotContain(PERSON);
    assertThat(text(lines, 2)).contains("queued");
    assertThat(text(lines, 3)).contains("Not sent again");
    assertThat(text(lines, 4)).contains("> Dinner at 8? 🍝");
    assertThat(text(lines, 5)).isEqualTo("pong");
    assertThat(lines.get(6).path("isError").booleanValue()).isTrue();
    assertThat(lines.get(7).path("isError").booleanValue()).isTrue();
    assertThat(lines.get(8).path("errors")).isEmpty();
    await().until(() -> !twilio.taken(PERSON).isEmpty());
    assertThat(twilio.taken(PERSON)).hasSize(1);
  }

  @Test
  void a_client_without_a_user_lists_the_tools_and_is_refused_a_call() throws Exception {
    List<JsonNode> lines =
        run(
            Map.of("X-API-Key", KEY, "X-LibreChat-User", "{{LIBRECHAT_USER_ID}}"),
            call("my_phones", Map.of()));
    assertThat(lines.get(0).path("tools")).hasSize(8);
    assertThat(text(lines, 1)).contains("placeholder");
  }

  @Test
  void without_the_switch_there_is_nothing() {
    for (String path : List.of("/mcp", "/mcp/sse", "/switchboard/mcp")) {
      given()
          .baseUri(off.url(""))
          .header("X-API-Key", TestDatabase.API_KEY)
          .contentType(ContentType.JSON)
          .body("{}")
          .post(path)
          .then()
          .statusCode(404);
    }
  }

  private static String text(List<JsonNode> lines, int index) {
    return lines.get(index).path("text").textValue();
  }

  private static Map<String, Object> call(String name, Map<String, ?> arguments) {
    return Map.of("name", name, "arguments", arguments);
  }

  private void map(String conversation) {
    given()
        .baseUri(one.url(""))
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(Map.of("phoneNumber", PERSON, "conversationId", conversation, "label", "Zoë"))
        .post("/api/mappings")
        .then()
        .statusCode(201);
  }

  @SafeVarargs
  private static List<JsonNode> run(Map<String, String> headers, Map<String, Object>... calls)
      throws IOException, InterruptedException {
    Path home = Tools.home(FOLDER);
    Path output = home.resolve("call-" + System.nanoTime() + ".log");
    Process process =
        new ProcessBuilder(
                "node",
                "call.mjs",
                JSON.writeValueAsString(List.of(one.url("/mcp"), two.url("/mcp"))),
                JSON.writeValueAsString(headers),
                JSON.writeValueAsString(calls))
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    String printed = java.nio.file.Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended && process.exitValue() == 0).as(printed).isTrue();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }
}
