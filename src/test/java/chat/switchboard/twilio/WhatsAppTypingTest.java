package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.switchboard.support.FakeLibreChat;
import chat.switchboard.support.FakeTwilio;
import chat.switchboard.support.FakeTwilio.Mood;
import chat.switchboard.support.LibreChat;
import chat.switchboard.support.SendingSettings;
import chat.switchboard.support.TestDatabase;
import chat.switchboard.support.Twilio;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A person on WhatsApp sees that the agent writes. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
@QuarkusTestResource(value = FakeLibreChat.Resource.class, restrictToAnnotatedClass = true)
@TestProfile(WhatsAppTypingTest.Typing.class)
class WhatsAppTypingTest {

  private static final String SHOP = "whatsapp:+15557654321";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Answers, and the typing indicator. */
  public static class Typing implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return SendingSettings.with(
          "switchboard.notices.new-conversation", "",
          "switchboard.replies.auto", "true",
          "switchboard.replies.debounce", "200ms",
          "switchboard.whatsapp.typing", "true");
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
  private final String number = "+1202555" + (1_000 + ThreadLocalRandom.current().nextInt(8_999));

  @BeforeEach
  void anOwner() {
    libreChat.owner();
    twilio.typingMood(Mood.TAKES);
  }

  @AfterEach
  void close() {
    libreChat.close();
  }

  @Test
  void the_indicator_is_shown_for_the_text_that_the_agent_answers() {
    String sid = write("whatsapp:" + number, SHOP);
    answered("whatsapp:" + number);
    await().atMost(SOON).until(() -> twilio.typing().contains(sid));
    assertThat(twilio.typing()).containsOnlyOnce(sid);
  }

  @Test
  void an_sms_has_no_indicator() {
    String sid = write(number, "+15557654321");
    answered(number);
    assertThat(twilio.typing()).doesNotContain(sid);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mood.class,
      names = {"NO_NUMBER", "TAKES_AND_HANGS"})
  void a_refusal_and_a_silence_do_not_touch_the_answer(Mood mood) {
    twilio.typingMood(mood);
    String sid = write("whatsapp:" + number, SHOP);
    answered("whatsapp:" + number);
    assertThat(twilio.typing()).doesNotContain(sid);
  }

  private static String write(String from, String to) {
    String sid = Twilio.newSid();
    Twilio.sms("Are you open?").from(from).to(to).sid(sid).arrives().then().statusCode(200);
    return sid;
  }

  private static void answered(String person) {
    await().atMost(SOON).until(() -> !twilio.taken(person).isEmpty());
    assertThat(twilio.taken(person).get(0).text()).isEqualTo("Answer to: Are you open?");
  }
}
