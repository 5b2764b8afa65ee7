package chat.switchboard.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class MaskTest {

  @ParameterizedTest
  @CsvSource({
    "+15551234567, +1••••••4567",
    "whatsapp:+15551234567, whatsapp:+1••••••4567",
    "rcs:+15551234567, rcs:+1••••••4567",
    "+4930123456, +4•••••3456",
    "12025550123, •••••••0123",
    "55512, •••12",
    "911, •11",
    "PIZZA, P••••",
    "PIZZA4U, P••••••",
    "Ann Example, A••••••••le",
    "rcs:brand_agent, rcs:b••••••••nt",
    "whatsapp:US.13491208655302741918, whatsapp:U••••••••••••18",
    "sip:+12025550123@sip.example.com, sip:+••••••••••••om",
    "client:+12025550123-ann, client:+••••••••••••nn",
    "messenger:1234567890, messenger:••••••7890",
    "ann@example.com, a••••••••••••om",
    "Jo, ••",
    "+, •",
    "+1, +1•",
    "'', ''"
  })
  void a_log_line_has_no_whole_number_and_no_name(String name, String masked) {
    assertThat(Mask.phone(name)).isEqualTo(masked);
    assertThat(PhoneAddress.of(name).masked()).isEqualTo(masked);
  }

  @ParameterizedTest
  @CsvSource({
    "+15551239876, +1••••••9876",
    "whatsapp:+15551239876, +1••••••9876",
    "55512, •••12",
    "PIZZA4U, PIZZA4U",
    "rcs:brand_agent, brand_agent",
    "whatsapp:US.13491208655302741918, US.••••••••••••1918",
    "sip:+12025550123@sip.example.com, +1••••••0123@sip.example.com",
    "client:+12025550123-ann, +1••••••0123-ann",
    "client:ann 2025550123, ann ••••••0123",
    "'', ''"
  })
  void the_owner_sees_names_and_the_ends_of_numbers(String name, String shown) {
    assertThat(PhoneAddress.of(name).shown()).isEqualTo(shown);
  }
}
