package chat.switchboard.stream;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One event for many streams of one user. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class FanOutTest {

  private static final int TABS = 20;
  private static final int MESSAGES = 40;

  private final LibreChat libreChat = new LibreChat();
  private String user;
  private String conversation;

  @BeforeEach
  void aUser() {
    user = libreChat.user();
    conversation = libreChat.conversation(user);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void every_tab_gets_every_event_once_in_one_order_over_either_protocol() {
    List<Browser> tabs = new ArrayList<>();
    try {
      for (int i = 0; i < TABS; i++) {
        String token = LibreChat.token(user);
        tabs.add((i % 4 == 0 ? Browser.overHttp2(token) : Browser.open(token)).connected());
      }
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        // Around the lengths at which the size of a chunk gets one more digit.
        int length = i % 3 == 0 ? 3_400 + 16 * i : i;
        answers.add(CompletableFuture.supplyAsync(() -> inject("ü".repeat(length) + "🙂")));
      }
      List<String> all = answers.stream().map(CompletableFuture::join).toList();
      for (Browser tab : tabs) {
        await().until(() -> tab.messages().size() == MESSAGES);
        assertThat(tab.messages()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(tab.messages()).isEqualTo(tabs.get(0).messages());
      }
    } finally {
      tabs.forEach(Browser::close);
    }
  }

  private String inject(String text) {
    return given()
        .header("X-Internal-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body(Map.of("role", "external", "content", text))
        .post("/api/messages/{id}/external", conversation)
        .then()
        .statusCode(201)
        .extract()
        .path("messageId");
  }
}
