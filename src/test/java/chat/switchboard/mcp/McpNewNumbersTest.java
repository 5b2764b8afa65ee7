package chat.switchboard.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.PhoneNumbers;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tools where new numbers are allowed, in quiet hours. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@TestProfile(McpNewNumbersTest.Quiet.class)
class McpNewNumbersTest {

  private static final String OURS = "+15557654321";
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm");

  /** Numbers that begin with +1555 are in no known zone: the hours are those of UTC. */
  public static class Quiet implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      LocalTime now = LocalTime.now(ZoneOffset.UTC);
      return Map.of(
          "switchboard.twilio.api-url",
          FakeTwilio.reservedUrl(),
          "switchboard.twilio.from",
          OURS,
          "switchboard.outbox.segments-per-second",
          "200",
          "switchboard.mcp.new-numbers",
          "true",
          "switchboard.quiet-hours",
          CLOCK.format(now.minusHours(1)) + "-" + CLOCK.format(now.plusHours(3)));
    }
  }

  private static FakeTwilio twilio;

  @BeforeAll
  static void listen() {
    twilio = FakeTwilio.startReserved();
  }

  @AfterAll
  static void hangUp() {
    twilio.close();
  }

  private final LibreChat libreChat = new LibreChat();
  private final String number = PhoneNumbers.next();

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void a_text_to_a_new_number_is_held_until_the_quiet_hours_end() {
    String user = libreChat.user();
    McpClient mcp = McpClient.of(user, libreChat.conversation(user));
    assertThat(mcp.ok("send_text", Map.of("to", number, "text", "Hello")))
        .contains("held")
        .doesNotContain(number);
    assertThat(mcp.ok("people_here", Map.of())).contains("1 person");
    assertThat(mcp.ok("text_people_here", Map.of("text", "Hello everybody"))).contains("held");
    assertThat(twilio.taken(number)).isEmpty();
    // Where LibreChat has not saved the conversation, a new number has none for its answers.
    assertThat(McpClient.of(user).refused("send_text", Map.of("to", "+15559990000", "text", "x")))
        .contains("one more message");
  }

  @Test
  void a_person_who_has_just_written_gets_the_answer_at_once() {
    String owner = libreChat.owner();
    Twilio.sms("Are you there?").from(number).to(OURS).arrives().then().statusCode(200);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        McpClient.of(owner)
                            .ok("send_text", Map.of("to", number, "text", "Yes, I am")))
                    .contains("queued"));
    await().until(() -> twilio.taken(number).size() == 1);
  }
}
