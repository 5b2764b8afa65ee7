package chat.switchboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class PublicUrlTest {

  private static final String BASE = "https://chat.example.com";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://chat.example.com",
        "https://chat.example.com/",
        "https://chat.example.com//",
        " https://chat.example.com ",
        "https://chat.example.com/api/twilio/webhook",
        "https://chat.example.com/api/twilio/webhook/"
      })
  void the_path_of_the_webhook_is_there_once(String configured) {
    PublicUrl url = new PublicUrl(Optional.of(configured));
    assertThat(url.base()).contains(BASE);
    assertThat(url.webhook()).contains(BASE + "/api/twilio/webhook");
    assertThat(url.of("/api/twilio/status")).contains(BASE + "/api/twilio/status");
    assertThat(PublicUrl.webhook(configured.strip())).isEqualTo(BASE + "/api/twilio/webhook");
  }

  @Test
  void a_path_before_that_of_the_webhook_belongs_to_the_base() {
    PublicUrl url = new PublicUrl(Optional.of(BASE + "/pre/api/twilio/webhook"));
    assertThat(url.base()).contains(BASE + "/pre");
    assertThat(url.signed()).contains(BASE + "/pre/api/twilio/webhook");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "/", "//"})
  void a_blank_setting_is_no_address(String configured) {
    PublicUrl url = new PublicUrl(Optional.of(configured));
    assertThat(url.signed()).isEmpty();
    assertThat(url.base()).isEmpty();
    assertThat(url.webhook()).isEmpty();
  }

  @Test
  void a_missing_setting_is_no_address() {
    assertThat(new PublicUrl(Optional.empty()).configured()).isEmpty();
    assertThat(new PublicUrl(Optional.empty()).webhook()).isEmpty();
  }
}
