package chat.switchboard.nativeimage;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.support.Browser;
import chat.switchboard.support.FreePort;
import chat.switchboard.support.Http;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import com.sun.net.httpserver.HttpServer;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests every entry of the inventory from the packaged service. */
class InventoryIT {

  private static DatabaseForReplicas database;
  private static Replica plain;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed");
    database = new DatabaseForReplicas();
    plain =
        Replica.start(
                database.uri(),
                "-Dswitchboard.twilio.from=+15550001111",
                "-Dswitchboard.twilio.api-url=http://127.0.0.1:9",
                "-Dswitchboard.librechat-url=http://127.0.0.1:9")
            .ready();
  }

  @AfterAll
  static void stop() {
    if (plain != null) {
      plain.close();
    }
    if (database != null) {
      database.close();
    }
    RestAssured.reset();
  }

  @Test
  void every_door_answers_at_its_address_and_below_switchboard() {
    for (String prefix : List.of("", "/switchboard")) {
      Map<String, String> kept = new HashMap<>();
      kept.put("conversationId", database.libreChat.conversation(database.owner));
      kept.put("phoneNumber", "+15551230098");
      kept.put("nothing", "6b030c1f53c4588b0af06578");
      for (Inventory.Door door : Inventory.DOORS) {
        Response answer = ask(prefix, door, kept);
        assertThat(answer.statusCode())
            .as("%s%s: %s", prefix, door.name(), answer.asString())
            .isIn(door.statuses());
        if (answer.statusCode() != 204) {
          // A type that is not registered is written as an empty object.
          assertThat(answer.jsonPath().getMap("")).as(door.name()).isNotEmpty();
        }
        for (int i = 0; i < door.keep().length; i += 2) {
          String pointer = door.keep()[i + 1].substring(1).replace('/', '.');
          kept.put(door.keep()[i], answer.jsonPath().getString(pointer));
        }
      }
    }
  }

  private static Response ask(String prefix, Inventory.Door door, Map<String, String> kept) {
    Map<String, String> values = new HashMap<>(kept);
    if (door.id() != null) {
      values.put("id", kept.get(door.id()));
      values.put("name", kept.get(door.id()));
    }
    String path = door.path();
    String body = door.body();
    for (Map.Entry<String, String> value : values.entrySet()) {
      path = path.replace("{" + value.getKey() + "}", value.getValue());
      body = body == null ? null : body.replace("{" + value.getKey() + "}", value.getValue());
    }
    RequestSpecification request =
        given().header("X-API-Key", TestDatabase.API_KEY).accept(ContentType.ANY);
    if (body != null) {
      request.contentType(ContentType.JSON).body(body.getBytes(StandardCharsets.UTF_8));
    }
    return request.urlEncodingEnabled(false).request(door.method(), plain.url(prefix + path));
  }

  @Test
  void the_doors_with_another_proof_answer() {
    String user = database.libreChat.user();
    String conversation = database.libreChat.conversation(user);
    try (Browser browser =
        Browser.at(plain.url(""), "?token=" + LibreChat.token(user)).connected()) {
      String id =
          given()
              .header("X-API-Key", TestDatabase.API_KEY)
              .contentType(ContentType.JSON)
              .body("{\"role\":\"external\",\"content\":\"Hello\"}")
              .post(plain.url("/api/messages/" + conversation + "/external"))
              .path("messageId");
      assertThat(browser.heard(id).json().getString("message.text")).isEqualTo("Hello");
    }
    Twilio.sms("Hello 👋")
        .arrivesAt(given(), plain.url(Twilio.WEBHOOK))
        .then()
        .statusCode(200)
        .contentType("text/xml");
    Twilio.status(Twilio.newSid(), "delivered")
        .arrivesAt(given(), plain.url(Twilio.STATUS))
        .then()
        .statusCode(200);
  }

  /** In an executable a tool whose types are not registered would be missing or answer nothing. */
  @Test
  void every_tool_for_agents_answers() {
    String user = database.libreChat.user();
    String conversation = database.libreChat.conversation(user);
    for (Map.Entry<String, String> tool : Inventory.TOOLS.entrySet()) {
      Response answer =
          given()
              .header("X-API-Key", TestDatabase.API_KEY)
              .header("X-LibreChat-User", user)
              .header("X-LibreChat-Conversation", conversation)
              .contentType(ContentType.JSON)
              .body(
                  "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\""
                      + tool.getKey()
                      + "\",\"arguments\":"
                      + tool.getValue()
                      + "}}")
              .post(plain.url("/switchboard/mcp"));
      assertThat(answer.statusCode()).as(tool.getKey()).isEqualTo(200);
      assertThat(answer.jsonPath().getString("result.content[0].text"))
          .as(tool.getKey())
          .isNotBlank()
          .doesNotContain("Internal error");
    }
    Response list =
        given()
            .header("X-API-Key", TestDatabase.API_KEY)
            .contentType(ContentType.JSON)
            .body("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}")
            .post(plain.url("/mcp"));
    assertThat(list.jsonPath().<String>getList("result.tools.name"))
        .containsExactlyInAnyOrderElementsOf(Inventory.TOOLS.keySet());
    assertThat(list.jsonPath().getList("result.tools.inputSchema.type")).containsOnly("object");
  }

  @Test
  void every_page_and_file_is_served() throws Exception {
    Map<String, String> all = new HashMap<>(Inventory.FILES);
    all.putAll(Inventory.MANAGEMENT);
    for (Map.Entry<String, String> file : all.entrySet()) {
      HttpResponse<String> answer = get(plain.url(file.getKey()));
      if (answer.statusCode() == 308) {
        answer = get(answer.uri().resolve(header(answer, "Location")).toString());
      }
      assertThat(answer.statusCode()).as(file.getKey()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).as(file.getKey()).startsWith(file.getValue());
      assertThat(answer.body()).as(file.getKey()).isNotBlank();
    }
  }

  @Test
  void every_job_has_run_and_none_has_failed() throws Exception {
    for (String job : Inventory.JOBS) {
      await(job)
          .atMost(Duration.ofSeconds(job.equals(Inventory.SLOWEST_JOB) ? 240 : 120))
          .until(() -> get(plain.url("/q/metrics")).body().contains(run(job, "ok")));
    }
    assertThat(get(plain.url("/q/metrics")).body()).doesNotContain("outcome=\"failed\"} ");
  }

  private static String run(String job, String outcome) {
    return "switchboard_jobs_total{job=\"" + job + "\",outcome=\"" + outcome + "\"}";
  }

  @Test
  void the_service_starts_and_takes_messages_with_every_setting_changed() throws Exception {
    int management = FreePort.next();
    List<String> options = new ArrayList<>();
    Inventory.SETTINGS.forEach((name, value) -> options.add("-D" + name + "=" + value));
    options.add("-Dswitchboard.management.port=" + management);
    String operators = "http://127.0.0.1:" + management;
    try (Replica changed = Replica.start(database.uri(), options.toArray(String[]::new))) {
      await()
          .atMost(Duration.ofMinutes(4))
          .ignoreExceptions()
          .until(() -> get(operators + "/q/health/ready").statusCode() == 200);
      for (Map.Entry<String, String> address : Inventory.MANAGEMENT.entrySet()) {
        HttpResponse<String> answer = get(operators + address.getKey());
        assertThat(answer.statusCode()).as(address.getKey()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).startsWith(address.getValue());
        assertThat(get(changed.url(address.getKey())).statusCode()).isEqualTo(404);
      }
      String conversation = database.libreChat.conversation(database.owner);
      given()
          .header("X-API-Key", TestDatabase.API_KEY)
          .contentType(ContentType.JSON)
          .body("{\"role\":\"external\",\"content\":\"Hello\"}")
          .post(changed.url("/api/messages/" + conversation + "/external"))
          .then()
          .statusCode(201);
      // message.stored-role
      assertThat(database.libreChat.lastMessage(conversation, database.owner))
          .containsEntry("role", "external");
      // strangers, and that of one number
      Twilio.sms("Hello")
          .from("+15551230066")
          .to("+15557654321")
          .arrivesAt(given(), changed.url(Twilio.WEBHOOK))
          .then()
          .statusCode(200);
      given()
          .header("X-API-Key", TestDatabase.API_KEY)
          .contentType(ContentType.JSON)
          .body("{\"role\":\"external\",\"content\":\"" + "x".repeat(1_001) + "\"}")
          .post(changed.url("/api/messages/" + conversation + "/external"))
          .then()
          .statusCode(400);
      // log.json
      assertThat(changed.log()).contains("{\"timestamp\":");
    }
  }

  @Test
  void traces_are_sent_where_they_are_turned_on() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          told.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try (Replica traced =
        Replica.start(
                database.uri(),
                "-Dquarkus.otel.sdk.disabled=false",
                "-Dquarkus.otel.bsp.schedule.delay=100ms",
                "-Dquarkus.otel.exporter.otlp.endpoint=http://127.0.0.1:"
                    + collector.getAddress().getPort())
            .ready()) {
      given()
          .header("X-API-Key", TestDatabase.API_KEY)
          .get(traced.url("/api/mappings"))
          .then()
          .statusCode(200);
      await().untilAsserted(() -> assertThat(String.join("", told)).contains("/api/mappings"));
    } finally {
      collector.stop(0);
    }
  }

  private static HttpResponse<String> get(String url) throws Exception {
    return Http.CLIENT.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
