package chat.switchboard.inbound;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import chat.switchboard.ops.MachineTime;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.TestDatabase;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The clock of this machine is ten minutes ahead of the clock of the database server. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(WrongClockTest.ClockAhead.class)
class WrongClockTest {

  private static final Duration AHEAD = Duration.ofMinutes(10);

  public static class ClockAhead implements QuarkusTestProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
      return Set.of(FastClock.class);
    }
  }

  /** This machine's clock. */
  @Alternative
  @MachineTime
  @Singleton
  public static class FastClock extends Clock {
    private final Clock clock = Clock.offset(Clock.systemUTC(), AHEAD);

    @Override
    public Instant instant() {
      return clock.instant();
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return clock.withZone(zone);
    }
  }

  private final LibreChat libreChat = new LibreChat();
  private String owner;
  private String conversation;

  @BeforeEach
  void aConversation() {
    owner = libreChat.owner();
    conversation = libreChat.conversation(owner);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_message_has_the_date_of_the_database_server() {
    inject().then().statusCode(201);

    Date stored = libreChat.lastMessage(conversation, owner).getDate("createdAt");
    assertThat(stored).isCloseTo(new Date(), 30_000);
    Date moved =
        libreChat
            .collection("conversations")
            .find(new Document("conversationId", conversation))
            .first()
            .getDate("updatedAt");
    assertThat(moved).isCloseTo(new Date(), 30_000);
  }

  @Test
  void a_message_waits_for_the_answer_that_LibreChat_generates() {
    String last = libreChat.lastMessage(conversation, owner).getString("messageId");
    String question = libreChat.message(conversation, owner, last, "User", new Date());

    inject().then().statusCode(202);

    String reply = libreChat.message(conversation, owner, question, "GPT", new Date());
    await().until(() -> libreChat.messages(conversation, owner).size() == 5);
    assertThat(libreChat.lastMessage(conversation, owner))
        .containsEntry("text", "Hello")
        .containsEntry("parentMessageId", reply);
  }

  @Test
  void the_doctor_names_the_difference_of_the_clocks() {
    given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .get("/api/doctor")
        .then()
        .body(
            "checks.find { it.area == 'database' && it.name == 'Clock' }.status", equalTo("fail"));
  }

  private Response inject() {
    return given()
        .header("X-API-Key", TestDatabase.API_KEY)
        .contentType(ContentType.JSON)
        .body("{\"role\":\"external\",\"content\":\"Hello\"}")
        .post("/api/messages/{id}/external", conversation);
  }
}
