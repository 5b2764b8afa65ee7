package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.ops.Finding;
import chat.switchboard.ops.Finding.Status;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class NumbersCheckTest {

  private static final String OURS = "https://chat.example.com/api/twilio/webhook";
  private static final String NUMBER =
      "{\"phone_number\":\"+15557654321\",\"sms_url\":\"%s\",\"sms_method\":\"%s\"}";
  private static final String RIGHT = NUMBER.formatted(OURS, "POST");
  private static final String BY_GET = NUMBER.formatted(OURS, "GET");
  private static final String ELSEWHERE = NUMBER.formatted("https://demo.twilio.com", "POST");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | right           | OK   | The number calls this service.",
        "200 | right,right     | OK   | All 2 numbers call this service.",
        "200 | right,elsewhere | WARN | +1••••••4321 do not call",
        "200 | elsewhere       | FAIL | do not call " + OURS,
        "200 | get             | FAIL | do not call",
        "200 |                 | WARN | has no phone number",
        "401 | right           | FAIL | refuses Switchboard's credentials",
        "500 | right           | WARN | status 500",
      })
  void the_webhook_url_entered_at_twilio_is_compared_with_the_public_url(
      int httpStatus, String numbers, Status status, String says) {
    String list =
        numbers == null
            ? ""
            : numbers
                .replace("right", RIGHT)
                .replace("elsewhere", ELSEWHERE)
                .replace("get", BY_GET);
    Finding finding =
        NumbersCheck.of(
            new Answer(httpStatus, Optional.empty(), "{\"incoming_phone_numbers\":[" + list + "]}"),
            OURS);
    assertThat(finding.status()).isEqualTo(status);
    assertThat(finding.says()).contains(says).doesNotContain("+15557654321");
  }

  @ParameterizedTest
  @CsvSource({"<html>", "[]", "'{\"incoming_phone_numbers\":3}'"})
  void a_server_that_is_not_twilio_is_recognised(String body) {
    Finding finding = NumbersCheck.of(new Answer(200, Optional.empty(), body), OURS);
    assertThat(finding.status()).isEqualTo(Status.WARN);
    assertThat(finding.mend()).contains("SWITCHBOARD_TWILIO_API_URL");
  }
}
