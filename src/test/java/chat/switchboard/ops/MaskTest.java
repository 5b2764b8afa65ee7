package chat.switchboard.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskTest {

  @ParameterizedTest
  @CsvSource({
    "+15551234567, +1••••••4567",
    "whatsapp:+15551234567, whatsapp:+1••••••4567",
    "+4930123456, +4•••••3456",
    "55512, •••12",
    "911, •11",
    "PIZZA, PIZZA",
    "rcs:brand_agent, rcs:brand_agent",
    "'', ''"
  })
  void the_middle_of_a_number_is_hidden(String number, String masked) {
    assertThat(Mask.phone(number)).isEqualTo(masked);
  }
}
