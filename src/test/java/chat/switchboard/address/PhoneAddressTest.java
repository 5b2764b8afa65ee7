package chat.switchboard.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class PhoneAddressTest {

  @ParameterizedTest
  @CsvSource({
    "+525512345678, +5215512345678",
    "+554188885555, +5541988885555",
    "+551161234567, +5511961234567",
    "+556899991234, +5568999991234",
    "+541155551234, +5491155551234",
    "+542204123456, +5492204123456",
    "+22547123456, +2250747123456",
    "+22545123456, +2250545123456",
    "+22501123456, +2250101123456",
    "+22997123456, +2290197123456"
  })
  void one_whatsapp_account_has_two_spellings(String brief, String full) {
    PhoneAddress one = PhoneAddress.of("whatsapp:" + brief);
    PhoneAddress other = PhoneAddress.of("whatsapp:" + full);
    assertThat(one.sameAccount(other)).isTrue();
    assertThat(one.account()).isEqualTo(other.account());
    assertThat(one.spellings()).containsExactly(one.text(), other.text());
    assertThat(other.spellings()).containsExactly(other.text(), one.text());
    // Elsewhere they are two numbers.
    assertThat(PhoneAddress.of(brief).sameAccount(PhoneAddress.of(full))).isFalse();
    assertThat(PhoneAddress.of(brief).spellings()).containsExactly(brief);
    assertThat(PhoneAddress.of("rcs:" + brief).sameAccount(PhoneAddress.of("rcs:" + full)))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whatsapp:+15551234567",
        // A Brazilian landline, an area code that does not exist, a number that has always had
        // nine digits.
        "whatsapp:+554532782153",
        "whatsapp:+552088885555",
        "whatsapp:+5511945123456",
        // An Ivorian landline, and numbers of another operator under the same last digits.
        "whatsapp:+22520123456",
        "whatsapp:+2250147123456",
        // Too short and too long.
        "whatsapp:+52551234567",
        "whatsapp:+55418888555",
        "whatsapp:+54115555123",
        "whatsapp:+5212215512345678",
        "whatsapp:US.13491208655302741918",
        "whatsapp:",
        "+5215512345678",
        "PIZZA4U"
      })
  void every_other_account_has_one(String name) {
    assertThat(PhoneAddress.of(name).spellings()).containsExactly(name);
    assertThat(PhoneAddress.of(name).account()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "+15551234567, true",
    "whatsapp:+15551234567, true",
    "whatsapp:US.13491208655302741918, true",
    "whatsapp:US.ENT.11815799212886844830, true",
    "rcs:+15551234567, true",
    "messenger:1234567890, true",
    "55512, false",
    "PIZZA4U, false",
    "ann@example.com, false",
    "rcs:brand_agent, false",
    "whatsapp:brand, false",
    "sip:+12025550123@sip.example.com, false",
    "client:+12025550123-ann, false",
    "12025550123, false",
    "+0123456, false",
    "'', false"
  })
  void an_address_is_reachable_or_says_why_not(String name, boolean reachable) {
    PhoneAddress address = PhoneAddress.of(name);
    assertThat(address.isReachable()).isEqualTo(reachable);
    assertThat(address.unreachable().isEmpty()).isEqualTo(reachable);
  }

  @Test
  void a_stop_holds_for_sms_and_rcs_of_a_number_and_for_both_spellings_on_whatsapp() {
    assertThat(PhoneAddress.of("+15551234567").consentNames())
        .containsExactly("+15551234567", "rcs:+15551234567");
    assertThat(PhoneAddress.of("rcs:+15551234567").consentNames())
        .containsExactly("rcs:+15551234567", "+15551234567");
    assertThat(PhoneAddress.of("whatsapp:+15551234567").consentNames())
        .containsExactly("whatsapp:+15551234567");
    assertThat(PhoneAddress.of("whatsapp:+554188885555").consentNames())
        .containsExactly("whatsapp:+554188885555", "whatsapp:+5541988885555");
    assertThat(PhoneAddress.of("rcs:brand_agent").consentNames())
        .containsExactly("rcs:brand_agent");
  }
}
