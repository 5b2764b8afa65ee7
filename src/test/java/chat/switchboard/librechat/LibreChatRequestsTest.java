package chat.switchboard.librechat;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeLibreChat.Manner;
import chat.switchboard.support.FakeLibreChat.Request;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** docs/librechat-requests.md names each request to LibreChat, and no other is made. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(LibreChatRequestsTest.Own.class)
class LibreChatRequestsTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `((?:GET|POST) [^`]+)` \\|");

  /** Little patience. */
  public static class Own implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.replies.debounce", "100ms");
    }
  }

  @Test
  void the_table_of_requests_is_true() throws Exception {
    FakeLibreChat agent = FakeLibreChat.Resource.get();
    agent.reset();
    // A LibreChat of version 1 is asked everything that one of version 2 is asked, and more.
    agent.version(1);
    try (LibreChat libreChat = new LibreChat()) {
      String user = libreChat.user();
      String conversation = libreChat.conversation(user);
      agent.willBe(conversation, Manner.ANSWERS_SLOWLY);
      inject(conversation);
      await().atMost(SOON).until(() -> agent.answers(conversation, user).size() == 1);
      given().header("X-API-Key", TestDatabase.API_KEY).get("/api/doctor").then().statusCode(200);

      Set<String> made = templates(agent);
      Matcher row = ROW.matcher(Files.readString(Path.of("docs/librechat-requests.md")));
      Set<String> documented = new TreeSet<>();
      while (row.find()) {
        documented.add(row.group(1));
      }
      // The doctor looks at LibreChat's page through the proxy, whose address the tests have set.
      made.add("GET /");
      assertThat(made).isEqualTo(documented);
      assertThat(agent.requests())
          .filteredOn(request -> request.path().startsWith("/api/agents/"))
          .allMatch(request -> request.userAgent().startsWith("Mozilla/5.0 "))
          .allMatch(request -> request.claims().getString("id").matches("[0-9a-f]{24}"))
          .noneMatch(request -> request.claims().containsKey("scope"));
      assertThat(agent.requests())
          .filteredOn(request -> request.path().contains("/status/"))
          .allMatch(request -> "generationProtocolVersion=2".equals(request.query()))
          .noneMatch(request -> request.path().endsWith(conversation));
    } finally {
      agent.reset();
    }
  }

  private static Set<String> templates(FakeLibreChat agent) {
    return agent.requests().stream()
        .map(Request::template)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void inject(String conversation) {
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(
            new Document("role", "external")
                .append("content", "Hello")
                .append("reply", true)
                .toJson())
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201);
  }
}
