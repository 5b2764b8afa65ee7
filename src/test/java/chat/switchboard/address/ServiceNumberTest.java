package chat.switchboard.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class ServiceNumberTest {

  @ParameterizedTest
  @CsvSource({
    "MG0123456789abcdef0123456789abcdef, true",
    "MG0123456789ABCDEF0123456789ABCDEF, true",
    "MG0123456789abcdef0123456789abcde, false",
    "MG0123456789abcdef0123456789abcdef0, false",
    "mg0123456789abcdef0123456789abcdef, false",
    "MGM, false",
    "MG Motors, false",
    "+15557654321, false",
    "whatsapp:+15557654321, false",
    "'', false"
  })
  void an_alphanumeric_sender_with_the_same_first_letters_is_no_messaging_service(
      String name, boolean isService) {
    assertThat(ServiceNumber.isMessagingService(name)).isEqualTo(isService);
  }
}
