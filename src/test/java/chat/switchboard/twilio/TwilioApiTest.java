package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The addresses of Twilio's other APIs. */
@Tag("unit")
class TwilioApiTest {

  @ParameterizedTest
  @CsvSource({
    "https://api.twilio.com, https://messaging.twilio.com",
    "https://api.twilio.com/, https://messaging.twilio.com",
    "https://api.dublin.ie1.twilio.com, https://messaging.dublin.ie1.twilio.com",
    "http://127.0.0.1:4010, http://127.0.0.1:4010",
    "https://api.example.com/twilio, https://api.example.com/twilio"
  })
  void each_api_has_its_own_host_at_twilio_and_none_elsewhere(String apiUrl, String base) {
    assertThat(TwilioApi.base(apiUrl, "messaging")).isEqualTo(base);
  }
}
