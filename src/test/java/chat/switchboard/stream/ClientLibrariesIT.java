package chat.switchboard.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import chat.switchboard.faults.DatabaseForReplicas;
import chat.switchboard.faults.Replica;
import chat.switchboard.stream.ClientLibrary.Event;
import chat.switchboard.stream.ClientLibrary.Listening;
import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Tools;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The stream as client libraries that others wrote hear it. All of them listen to the same service
 * while nothing happens; it is restarted, and three messages come while it is down.
 */
class ClientLibrariesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The line ends of other formats: they are no line ends of an event stream. */
  private static final String SPECIAL = "one\u2028two\u2029three\u0085four\r\nfive\rsix\uFEFF";

  private static final List<String> MISSED = List.of("first", SPECIAL, "third");

  private static final Map<ClientLibrary, String> missing = new EnumMap<>(ClientLibrary.class);
  private static final Map<ClientLibrary, Listening> clients = new EnumMap<>(ClientLibrary.class);
  private static DatabaseForReplicas database;
  private static Replica served;
  private static Replica other;

  @BeforeAll
  static void aRestartThatNobodyHearsOf() throws Exception {
    assumeTrue(Replica.isPackaged(), "The packaged service is needed to restart it");
    database = new DatabaseForReplicas();
    String user = database.libreChat.user();
    String conversation = database.libreChat.conversation(user);
    served = Replica.start(database.uri()).ready();
    other = Replica.start(database.uri()).ready();
    String url = served.url("/api/messages/stream?token=" + LibreChat.token(user));
    for (ClientLibrary library : ClientLibrary.values()) {
      Optional<String> why = library.missing();
      if (why.isPresent()) {
        missing.put(library, why.get());
      } else {
        clients.put(library, library.listen(url));
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(clients)
                    .allSatisfy((library, client) -> assertThat(client.events()).isNotEmpty()));
    served.stop();
    for (String text : MISSED) {
      inject(conversation, text);
    }
    served = Replica.startAt(served.port, database.uri()).ready();
    inject(conversation, "live");
  }

  @AfterAll
  static void stop() {
    clients.values().forEach(Listening::close);
    if (served != null) {
      served.close();
    }
    if (other != null) {
      other.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @ParameterizedTest
  @EnumSource(ClientLibrary.class)
  void a_quiet_stream_misses_nothing_of_a_restart(ClientLibrary library) {
    Tools.need(library.toString(), Optional.ofNullable(missing.get(library)));
    List<Event> events = clients.get(library).events();
    await().atMost(PATIENCE).until(() -> texts(events).contains("live"));
    assertThat(texts(events)).containsExactly("first", SPECIAL, "third", "live");
    assertThat(events).extracting(Event::name).doesNotContain("resync");
  }

  @ParameterizedTest
  @EnumSource(ClientLibrary.class)
  void the_stream_begins_with_an_event_that_has_an_id(ClientLibrary library) {
    Tools.need(library.toString(), Optional.ofNullable(missing.get(library)));
    Event first = clients.get(library).events().get(0);
    assertThat(first.name()).isEqualTo("connected");
    assertThat(first.data()).isEqualTo("{}");
    assertThat(first.id()).matches("\\d+-0{24}-[0-9a-f]{8}");
  }

  @Test
  void a_client_that_comes_while_the_service_stops_is_told_when_to_come_back() throws Exception {
    try (Replica stopping = Replica.start(database.uri(), "-Dquarkus.shutdown.delay=5S").ready()) {
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(
              () -> {
                try {
                  stopping.stop();
                } catch (InterruptedException interrupted) {
                  Thread.currentThread().interrupt();
                }
              });
      await().atMost(PATIENCE).until(() -> stopping.health("ready") == 503);
      String token = LibreChat.token(database.libreChat.user());
      try (Browser browser = Browser.at(stopping.url(""), "?token=" + token)) {
        // Not 503: EventSource gives up at every status but 200.
        assertThat(browser.response().statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).until(browser::ended);
        assertThat(Integer.parseInt(browser.retry())).isBetween(3_000, 6_000);
        assertThat(browser.openings()).isEmpty();
      }
      stopped.join();
    }
  }

  private static List<String> texts(List<Event> events) {
    return events.stream()
        .filter(event -> event.name().equals("newMessage"))
        .map(event -> JsonPath.from(event.data()).getString("message.text"))
        .toList();
  }

  private static void inject(String conversation, String text) {
    given()
        .baseUri(other.url(""))
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(Map.of("role", "external", "content", text))
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201);
  }
}
