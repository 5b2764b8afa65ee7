package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class OurWebhookTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://chat.example.com",
        "https://chat.example.com/",
        "https://chat.example.com//",
        "https://chat.example.com/api/twilio/webhook",
        "https://chat.example.com/api/twilio/webhook/"
      })
  void the_path_of_the_webhook_is_there_once(String publicUrl) {
    assertThat(OurWebhook.of(publicUrl)).isEqualTo("https://chat.example.com/api/twilio/webhook");
  }
}
