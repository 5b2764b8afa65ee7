package chat.switchboard.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.switchboard.http.ProblemException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
@net.jqwik.api.Tag("unit")
class PhoneNumberParserTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "+15551234567 | +15551234567",
        "+15005550006 | +15005550006",
        "+1 (555) 123-4567 | +15551234567",
        "+1.555.123.4567 | +15551234567",
        "+1 555/123-4567 | +15551234567",
        "+44 (0)20 7946 0958 | +442079460958",
        "+39 06 6982 1234 | +390669821234",
        "+49 30 123456 | +4930123456",
        "+4915112345678 | +4915112345678",
        "+919745786257 | +919745786257",
        "+6591234567 | +6591234567",
        "+351 912 345 678 | +351912345678",
        "+881612345678 | +881612345678",
        "'\u202A+1\u00A0555\u2011123\u20114567\u202C' | +15551234567",
        "'\u200E+1\u202F(555)\u202F123\u20104567\u200E' | +15551234567",
        "'\u2066+1\u2009555\u2013123\u20134567\u2069' | +15551234567",
        "'\uFEFF+1\u2007555\u2212123\u20144567\u200B' | +15551234567",
        "'\uFF0B\uFF11\uFF15\uFF15\uFF15\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16\uFF17' | +15551234567",
        "'+\uFF11 \uFF08\uFF15\uFF15\uFF15\uFF09\uFF11\uFF12\uFF13\uFF0D\uFF14\uFF15\uFF16\uFF17' | +15551234567",
        "'+\u0661\u0665\u0665\u0665\u0661\u0662\u0663\u0664\u0665\u0666\u0667' | +15551234567",
        "'+1\u3000555\u30001234567' | +15551234567",
        "whatsapp:+15551234567 | whatsapp:+15551234567",
        "WhatsApp:+1 555 123 4567 | whatsapp:+15551234567",
        "'whatsapp: +1 555 123 4567' | whatsapp:+15551234567",
        "'whatsapp:\u202A+1\u00A0555\u2011123\u20114567\u202C' | whatsapp:+15551234567",
        "whatsapp:+5215598765432 | whatsapp:+5215598765432",
        "whatsapp:+52 1 55 9876 5432 | whatsapp:+5215598765432",
        "whatsapp:+525598765432 | whatsapp:+525598765432",
        "whatsapp:+554188885555 | whatsapp:+554188885555",
        "whatsapp:+5541988885555 | whatsapp:+5541988885555",
        "whatsapp:+541155551234 | whatsapp:+541155551234",
        "whatsapp:+5491155551234 | whatsapp:+5491155551234",
        "whatsapp:+22507123456 | whatsapp:+22507123456",
        "whatsapp:+22997123456 | whatsapp:+22997123456",
        "whatsapp:US.13491208655302741918 | whatsapp:US.13491208655302741918",
        "whatsapp:US.ENT.11815799212886844830 | whatsapp:US.ENT.11815799212886844830",
        "rcs:+15551234567 | rcs:+15551234567",
        "rcs:brand_agent | rcs:brand_agent",
        "55512 | 55512",
        "911 | 911",
        "PIZZA4U | PIZZA4U",
        "AMAZON | AMAZON",
        "Pizza Hut | Pizza Hut",
        "ann@example.com | ann@example.com",
        "messenger:1234567890 | messenger:1234567890",
        "sip:+12025550123@sip.example.com | sip:+12025550123@sip.example.com",
        "client:+12025550123-ann | client:+12025550123-ann"
      })
  void an_address_is_read_as_people_type_or_paste_it(String typed, String name) {
    PhoneAddress address = PhoneNumberParser.read("to", typed);
    assertThat(address.text()).isEqualTo(name);
    assertThat(PhoneAddress.of(name)).isEqualTo(address);
    assertThat(PhoneNumberParser.read("to", name)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "hello",
        "nobody",
        "55",
        "123456789",
        "5551234567",
        "0015551234567",
        "+1",
        "+1 555 1234",
        "+15551234",
        "+1555123456",
        "+155512345678",
        "+0123456",
        "+155512345678901234",
        "+1555CALLME",
        "CALL-ME",
        "+44 20 7946",
        "+4479111234567",
        "+33 1 23 45",
        "+91 12345",
        "+999123456789",
        "+379123456789",
        "+",
        "++15551234567",
        "+15551234567 ext 5",
        "+1555123\n4567x",
        "tel:+15551234567",
        "whatsapp:",
        "whatsapp:hello",
        "whatsapp:+1 555 1234",
        "whatsapp:55512",
        "whatsapp:us.123",
        "whatsapp:US.",
        "rcs:",
        "sip:",
        "a@",
        "$where",
        "{\"$gt\":\"\"}"
      })
  void an_incomplete_address_is_refused(String typed) {
    assertThatThrownBy(() -> PhoneNumberParser.read("to", typed))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("to must be a phone number");
  }

  @Property
  void any_text_can_be_looked_at(@ForAll String text) {
    PhoneNumberParser.parse(text);
    PhoneAddress address = PhoneAddress.of(text);
    assertThat(address.text()).isEqualTo(text);
    assertThat(address.spellings()).startsWith(text);
    assertThat(address.consentNames()).startsWith(text);
    address.isReachable();
    address.masked();
    address.shown();
  }
}
