package chat.switchboard.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class SpendDestinationsTest {

  private static final String OURS = "+15557654321";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+15551234567",
        "+12025550123",
        "+16665551234",
        "+15005550006",
        "+18005551234",
        "+15559761234",
        "+12125551234"
      })
  void an_american_number_of_ours_writes_to_numbers_of_the_united_states(String to) {
    assertThat(byDefault(to, OURS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    // Countries of the North American plan are countries of their own.
    "+18765551234, COUNTRY",
    "+16585551234, COUNTRY",
    "+12425551234, COUNTRY",
    "+12465551234, COUNTRY",
    "+18095551234, COUNTRY",
    "+18295551234, COUNTRY",
    "+18495551234, COUNTRY",
    "+12685551234, COUNTRY",
    "+12645551234, COUNTRY",
    "+12845551234, COUNTRY",
    "+13455551234, COUNTRY",
    "+14415551234, COUNTRY",
    "+14735551234, COUNTRY",
    "+16495551234, COUNTRY",
    "+16645551234, COUNTRY",
    "+17215551234, COUNTRY",
    "+17585551234, COUNTRY",
    "+17675551234, COUNTRY",
    "+17845551234, COUNTRY",
    "+18685551234, COUNTRY",
    "+18695551234, COUNTRY",
    "+17875551234, COUNTRY",
    "+14165551234, COUNTRY",
    // Other countries, and the islands that share a calling code with a bigger one.
    "+4915112345678, COUNTRY",
    "+447400123456, COUNTRY",
    "+525512345678, COUNTRY",
    "+2471234, COUNTRY",
    "+390669812345, COUNTRY",
    "+50051234, COUNTRY",
    // Premium and shared cost.
    "+19005551234, RANGE",
    "+19001111111, RANGE",
    "+19765551234, RANGE",
    "+12129761234, RANGE",
    "+449098790000, RANGE",
    "+44901234567, RANGE",
    "+448712345678, RANGE",
    "+447012345678, RANGE",
    "+4990012345678, RANGE",
    "+33899123456, RANGE",
    "+80812345678, RANGE",
    "+97912345678, RANGE",
    "+97912, RANGE",
    // Satellite, international networks, and calling codes of no country.
    "+8816123456789, RANGE",
    "+8811234567, RANGE",
    "+88212345678, RANGE",
    "+8821, RANGE",
    "+8831234567890, RANGE",
    "+870773123456, RANGE",
    "+8781012345678, RANGE",
    "+8881234567, RANGE",
    "+80012345678, RANGE",
    "+3796981234, RANGE",
    "+99912345, RANGE",
    "+2101234567, RANGE",
    "+9911234567, RANGE",
    "+37912345678901, RANGE",
    // Short codes have no country, and can charge a premium.
    "72975, RANGE",
    "911, RANGE",
    // A range is also refused on WhatsApp and RCS.
    "whatsapp:+88212345678, RANGE",
    "rcs:+19005551234, RANGE",
    "whatsapp:+3796981234, RANGE"
  })
  void an_american_number_of_ours_does_not_write_to(String to, SpendReason reason) {
    assertThat(byDefault(to, OURS)).map(SpendDestinations.Denial::reason).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whatsapp:+4915112345678",
        "whatsapp:+5541988885555",
        "whatsapp:+5215512345678",
        "rcs:+525512345678",
        "whatsapp:DE.13491208655302741918",
        "rcs:brand_agent",
        "Example Ltd"
      })
  void people_abroad_on_whatsapp_and_rcs_and_addresses_without_a_number_are_no_matter_of_country(
      String to) {
    assertThat(byDefault(to, OURS)).isEmpty();
  }

  @Test
  void the_default_countries_are_those_of_all_numbers_of_ours_and_of_the_sender() {
    SpendDestinations destinations =
        new SpendDestinations(
            Optional.empty(), Set.of(), List.of("+15557654321", "+442079460000", "MG0123"));
    assertThat(destinations.countries()).containsExactly("GB", "US");
    assertThat(destinations.deny("+447400123456", Optional.empty())).isEmpty();
    assertThat(destinations.deny("+447781123456", Optional.empty())).isPresent(); // Guernsey
    assertThat(destinations.deny("+4915112345678", Optional.empty())).isPresent();
    assertThat(destinations.deny("+4915112345678", Optional.of("+493012345"))).isEmpty();
  }

  @Test
  void without_any_number_of_ours_every_country_is_allowed_but_no_costly_range() {
    SpendDestinations destinations =
        new SpendDestinations(Optional.empty(), Set.of(), List.of("MG0123"));
    assertThat(destinations.deny("+4915112345678", Optional.of("MG0123"))).isEmpty();
    assertThat(destinations.deny("+18765551234", Optional.empty())).isEmpty();
    assertThat(destinations.deny("+19005551234", Optional.of("MG0123"))).isPresent();
    assertThat(destinations.deny("+88212345678", Optional.empty())).isPresent();
  }

  @Test
  void configured_countries_hold_alone_and_for_every_channel() {
    SpendDestinations destinations =
        new SpendDestinations(Optional.of(Set.of("JM", "DE")), Set.of(), List.of(OURS));
    assertThat(destinations.deny("+18765551234", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("whatsapp:+4915112345678", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("whatsapp:DE.1349120", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("+12025550123", Optional.of(OURS)).orElseThrow().cause())
        .contains("US", "switchboard.spend.countries", "DE, JM");
    assertThat(destinations.deny("whatsapp:+12025550123", Optional.of(OURS))).isPresent();
    assertThat(destinations.deny("whatsapp:US.1349120", Optional.of(OURS))).isPresent();
  }

  @Test
  void all_countries_are_not_all_ranges() {
    SpendDestinations destinations =
        new SpendDestinations(Optional.of(Set.of("*")), Set.of(), List.of(OURS));
    assertThat(destinations.deny("+18765551234", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("+9231234567", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("+19005551234", Optional.of(OURS))).isPresent();
    assertThat(destinations.deny("+88212345678", Optional.of(OURS))).isPresent();
    assertThat(destinations.deny("72975", Optional.of(OURS))).isPresent();
  }

  @Test
  void a_range_that_is_named_is_allowed_and_no_other() {
    SpendDestinations destinations =
        new SpendDestinations(Optional.empty(), Set.of("+882", "+1900", "729"), List.of(OURS));
    assertThat(destinations.deny("+88212345678", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("whatsapp:+88212345678", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("+19005551234", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("72975", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("72", Optional.of(OURS))).isEmpty();
    assertThat(destinations.deny("+8831234567890", Optional.of(OURS))).isPresent();
    assertThat(destinations.deny("+7297512345", Optional.of(OURS))).isPresent();
  }

  @Test
  void a_cause_names_the_setting_and_never_the_number() {
    for (String to : List.of("+18765551234", "+88212345678", "+19005551234", "72975", "+3796981")) {
      assertThat(byDefault(to, OURS).orElseThrow().cause())
          .contains("switchboard.spend.")
          .doesNotContain(to.substring(1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "+12025550123, US",
        "+442079460000, GB",
        "whatsapp:+4915112345678, DE",
        // Neither a country nor a number.
        "+88212345678, -",
        "+80012345678, -",
        "+99912345, -",
        "+1800FLOWERS, -",
        "72975, -",
        "MG0123456789abcdef0123456789abcdef, -",
        "Example Ltd, -"
      })
  void the_country_of_a_service_number_is_the_one_of_its_digits(String address, String country) {
    assertThat(new SpendDestinations(Optional.empty(), Set.of(), List.of(address)).country(address))
        .isEqualTo(Optional.ofNullable(country));
    assertThat(new SpendDestinations(Optional.empty(), Set.of(), List.of(address)).countries())
        .isEqualTo(country == null ? Set.of() : Set.of(country));
  }

  @ParameterizedTest
  @CsvSource({"UK, UK", "usa, usa", "**, **", "+1, +1"})
  void a_country_that_does_not_exist_is_told(String code, String named) {
    assertThat(SpendDestinations.complaint(Optional.of(Set.of("US", code)), Set.of()))
        .hasValueSatisfying(told -> assertThat(told).contains("'" + named + "'"));
  }

  @Test
  void a_range_that_is_no_prefix_is_told() {
    for (String range : List.of("satellite", "+", "882 1", "+1234567890123456")) {
      assertThat(SpendDestinations.complaint(Optional.empty(), Set.of(range)).orElseThrow())
          .contains("switchboard.spend.allowed-prefixes", "'" + range + "'");
    }
    assertThat(SpendDestinations.complaint(Optional.of(Set.of("*", "US")), Set.of("+882", "72975")))
        .isEmpty();
  }

  private static Optional<SpendDestinations.Denial> byDefault(String to, String from) {
    return new SpendDestinations(Optional.empty(), Set.of(), List.of(OURS))
        .deny(to, Optional.of(from));
  }
}
