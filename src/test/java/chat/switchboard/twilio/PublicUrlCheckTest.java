package chat.switchboard.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import chat.switchboard.ops.Finding;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class PublicUrlCheckTest {

  @ParameterizedTest
  @CsvSource({
    "https://chat.example.com, OK",
    "https://chat.example.com/, OK",
    "https://chat.example.com:8443, OK",
    "https://chat.example.com/api/twilio/webhook, OK",
    "https://8.8.8.8, OK",
    "https://chat.example.com/prefix, WARN",
    "http://chat.example.com, FAIL",
    "https://chat.example.com?x=1, FAIL",
    "https://chat.example.com/#top, FAIL",
    "https://user@chat.example.com, FAIL",
    "https://localhost, FAIL",
    "https://librechat, FAIL",
    "https://chat.local, FAIL",
    "https://10.1.2.3, FAIL",
    "https://127.0.0.1:8080, FAIL",
    "https://172.20.0.2, FAIL",
    "https://172.32.0.2, OK",
    "https://192.168.1.10, FAIL",
    "https://169.254.1.1, FAIL",
    "https://[::1]:8080, FAIL",
    "https://[fd00::2], FAIL",
    "https://[2606:4700::1], OK",
    "chat.example.com, FAIL",
    "https://not a url, FAIL",
  })
  void an_address_is_judged_by_its_form(String url, Finding.Status status) {
    Finding finding = PublicUrlCheck.of(Optional.of(url));
    assertThat(finding.status()).as(finding.says()).isEqualTo(status);
    assertThat(finding.mend() == null).isEqualTo(status == Finding.Status.OK);
  }

  @Test
  void a_missing_one_is_no_failure_but_is_said() {
    assertThat(PublicUrlCheck.of(Optional.empty()).status()).isEqualTo(Finding.Status.WARN);
  }
}
