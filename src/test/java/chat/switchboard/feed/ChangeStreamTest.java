package chat.switchboard.feed;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.Browser;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The feed by the server's change stream, beside which it is looked only now and then. */
@QuarkusTest
@QuarkusTestResource(value = TestDatabase.WithChangeStreams.class, restrictToAnnotatedClass = true)
@TestProfile(ChangeStreamTest.Changes.class)
class ChangeStreamTest {

  public static class Changes implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("switchboard.stream.feed", "changes");
    }
  }

  private final LibreChat libreChat = new LibreChat();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_message_injected_at_another_replica_is_announced_at_once_by_the_change_stream() {
    await()
        .until(() -> given().get("/q/metrics").asString().contains("\nswitchboard_feed_live 1.0"));
    String user = libreChat.user();
    String conversation = libreChat.conversation(user);
    try (Browser browser = Browser.open(LibreChat.token(user)).connected()) {
      for (int i = 0; i < 10; i++) {
        long begun = System.nanoTime();
        String message =
            libreChat.message(
                conversation,
                user,
                LibreChat.NO_PARENT,
                "SMS",
                new Date(),
                new Document("metadata", new Document("role", "external")));
        browser.heard(message);
        // A poll every ten seconds would hear 4 of 10 messages as early, and all ten in 1 of 10,000
        // runs.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        String answer = libreChat.message(conversation, user, message, "GPT", new Date());
        assertThat(browser.heard(answer).json().getString("type")).isEqualTo("agentReply");
      }
      // The poll beside the change stream does not announce the messages of the change stream
      // again.
      await().during(Duration.ofSeconds(11)).until(() -> browser.messages().size() == 20);
      assertThat(List.copyOf(browser.messages())).doesNotHaveDuplicates();
    }
  }
}
