package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where traces are turned on, a collector is told of the doors, and of nothing that is private. */
@QuarkusTest
@TestProfile(TracesTest.TurnedOn.class)
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = TracesTest.Collector.class, restrictToAnnotatedClass = true)
class TracesTest {

  public static class TurnedOn implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.otel.sdk.disabled", "false",
          "quarkus.otel.exporter.otlp.headers", "X-Tenant=ours, X-Sign=a=b",
          "quarkus.otel.bsp.schedule.delay", "100ms");
    }
  }

  /** A fake of OpenTelemetry's collector, with the requests that the exporter sends. */
  public static class Collector implements QuarkusTestResourceLifecycleManager {
    static final List<String> TOLD = new CopyOnWriteArrayList<>();
    static final List<String> TENANTS = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @Override
    public Map<String, String> start() {
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException failure) {
        throw new IllegalStateException(failure);
      }
      server.createContext(
          "/v1/traces",
          exchange -> {
            TENANTS.add(
                exchange.getRequestHeaders().getFirst("X-Tenant")
                    + " "
                    + exchange.getRequestHeaders().getFirst("X-Sign"));
            // A protobuf contains strings unchanged.
            TOLD.add(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
      return Map.of(
          "quarkus.otel.exporter.otlp.endpoint",
          "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void stop() {
      server.stop(0);
    }
  }

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_doors_are_traced_without_texts_keys_and_tokens() {
    String user = libreChat.user();
    String token = LibreChat.token(user);
    String conversation = libreChat.conversation(user);
    try (Browser byQuery = Browser.open(token).connected();
        Browser byHeader = Browser.get("", "Authorization", "Bearer " + token)) {
      byHeader.connected();
      byQuery.heard(
          RestAssured.given()
              .header("X-API-Key", TestDatabase.API_KEY)
              .contentType(ContentType.JSON)
              .body("{\"role\":\"external\",\"content\":\"Between us\"}")
              .post("/api/messages/" + conversation + "/external")
              .then()
              .statusCode(201)
              .extract()
              .path("messageId"));
    }
    RestAssured.given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .queryParam("phoneNumber", "+15557771234")
        .get("/api/mappings")
        .then()
        .statusCode(200);
    await()
        .untilAsserted(
            () ->
                assertThat(told())
                    .contains("/api/messages/{conversationId}/external", "/api/mappings"));
    assertThat(told())
        .contains("switchboard")
        .doesNotContain(
            "Between us", "15557771234", TestDatabase.API_KEY, token, "/api/messages/stream");
    assertThat(Collector.TENANTS).isNotEmpty().containsOnly("ours a=b");
  }

  private static String told() {
    return String.join("\n", Collector.TOLD);
  }
}
