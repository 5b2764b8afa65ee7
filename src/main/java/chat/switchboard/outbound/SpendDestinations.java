package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Decides which addresses may get texts, by country and by range of numbers. Countries are the
 * regions of libphonenumber, so each country of the North American plan (+1) counts separately: +1
 * 876 is JM, not US.
 */
final class SpendDestinations {

  /** Every country. */
  static final String ALL = "*";

  private static final int NORTH_AMERICA = 1;

  /** libphonenumber's region for calling codes that belong to no country. */
  private static final String NO_COUNTRY = "001";

  /** libphonenumber's name for an unknown region. */
  private static final String UNKNOWN = "ZZ";

  /**
   * Also matches a number that is too short or too long for E.164: Twilio may bill for such a
   * number.
   */
  private static final Pattern NUMBER = Pattern.compile("\\+[0-9]{1,20}");

  /**
   * Ranges that cost more than an ordinary text and reveal no country. libphonenumber knows most of
   * these ranges, but only for numbers with a valid length.
   */
  private static final List<Pattern> NEVER =
      List.of(
          // Premium rate in North America: area code 900, and the exchange 976 of an area (555 is
          // no area code; https://nationalnanpa.com, "900 Area Code", "976").
          Pattern.compile("\\+1(?:900|976)[0-9]*"),
          Pattern.compile("\\+1(?!555)[2-9][0-9]{2}976[0-9]{4}"),
          // United Kingdom: 09 premium rate, 087 revenue share, 070 personal numbers
          // (Ofcom, National Telephone Numbering Plan).
          Pattern.compile("\\+44(?:9|87|70)[0-9]*"),
          // Premium rate in Germany (Bundesnetzagentur, 0900).
          Pattern.compile("\\+49900[0-9]*"),
          // Calling codes of no country (ITU-T E.164, list of assigned country codes): +800
          // international freephone, +808 shared cost, +870 Inmarsat, +878 personal numbers, +881
          // satellite, +882 and +883 international networks, +888 humanitarian affairs, +979
          // premium rate, +991 trial services.
          Pattern.compile("\\+(?:800|808|87[08]|88[1238]|979|991)[0-9]*"),
          // +379 is reserved for the Vatican and not in use (ITU-T E.164): its numbers are +39 06.
          Pattern.compile("\\+379[0-9]*"));

  private static final Set<PhoneNumberType> COSTLY =
      Set.of(PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PAGER);

  private final Optional<Set<String>> countries;
  private final Set<String> ranges;
  private final Set<String> ownCountries;
  private final PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();

  /**
   * @param countries the configured ISO 3166-1 codes, or {@code *}; empty for the countries of the
   *     service numbers
   * @param ranges explicitly allowed prefixes: {@code +882}, or the digits of a short code
   * @param ownNumbers the configured service numbers
   */
  SpendDestinations(
      Optional<Set<String>> countries, Set<String> ranges, Collection<String> ownNumbers) {
    this.countries = countries;
    this.ranges = ranges;
    this.ownCountries = new TreeSet<>();
    ownNumbers.forEach(number -> country(number).ifPresent(ownCountries::add));
  }

  /**
   * The reason why a text may not be sent to an address.
   *
   * @param reason {@link SpendReason#COUNTRY} or {@link SpendReason#RANGE}
   * @param cause one sentence that names the setting; never the number
   */
  record Denial(SpendReason reason, String cause) {}

  /**
   * Whether a text may be sent to this address.
   *
   * @param to the person's address, as Twilio spells it
   * @param from the service number, if known: without a setting its country is also allowed
   */
  Optional<Denial> deny(String to, Optional<String> from) {
    PhoneAddress address = PhoneAddress.of(to);
    String value = address.value();
    if (ranges.stream().anyMatch(value::startsWith)) {
      return Optional.empty();
    }
    if (address.isShortCode()) {
      return Optional.of(
          new Denial(
              SpendReason.RANGE,
              "Short codes can charge a premium and belong to no country; "
                  + "switchboard.spend.allowed-prefixes can name this code"));
    }
    if (address.isUserId()) {
      // The user ID begins with the country of the account: US.13491208655302741918.
      return denyCountry(address, value.substring(0, 2), from);
    }
    if (!NUMBER.matcher(value).matches()) {
      return Optional.empty();
    }
    if (NEVER.stream().anyMatch(never -> never.matcher(value).matches())) {
      return Optional.of(costly());
    }
    Optional<PhoneNumber> parsed = parse(value);
    if (parsed.isEmpty()) {
      return Optional.of(
          new Denial(
              SpendReason.RANGE,
              "No country has this calling code; switchboard.spend.allowed-prefixes can name the range"));
    }
    return isCostly(parsed.get())
        ? Optional.of(costly())
        : denyCountry(address, region(parsed.get()), from);
  }

  private static Denial costly() {
    return new Denial(
        SpendReason.RANGE,
        "Premium, shared-cost and satellite numbers get no texts; switchboard.spend.allowed-prefixes can name"
            + " the range");
  }

  private Optional<Denial> denyCountry(PhoneAddress address, String region, Optional<String> from) {
    if (countries.isPresent()) {
      return countries.get().contains(ALL) || countries.get().contains(region)
          ? Optional.empty()
          : Optional.of(
              new Denial(
                  SpendReason.COUNTRY,
                  "Texts to "
                      + region
                      + " are not allowed; switchboard.spend.countries names "
                      + String.join(", ", new TreeSet<>(countries.get()))));
    }
    if (address.channel() != Channel.SMS) {
      // Texts on these channels are not billed by the country of a carrier, and people abroad are
      // the normal case.
      return Optional.empty();
    }
    Set<String> allowed = new TreeSet<>(ownCountries);
    from.flatMap(this::country).ifPresent(allowed::add);
    return allowed.isEmpty() || allowed.contains(region)
        ? Optional.empty()
        : Optional.of(
            new Denial(
                SpendReason.COUNTRY,
                "Texts to "
                    + region
                    + " are not allowed: the service numbers are of "
                    + String.join(", ", allowed)
                    + "; switchboard.spend.countries can name more countries"));
  }

  /**
   * Checks the type of the number by cost. Personal numbers of North America (+1 500) are billed
   * like all other numbers of North America.
   */
  private boolean isCostly(PhoneNumber number) {
    PhoneNumberType type = numbers.getNumberType(number);
    return NO_COUNTRY.equals(numbers.getRegionCodeForCountryCode(number.getCountryCode()))
        || COSTLY.contains(type)
        || (type == PhoneNumberType.PERSONAL_NUMBER && number.getCountryCode() != NORTH_AMERICA);
  }

  /**
   * Returns the country of a service number; empty for a messaging service, a short code or a name.
   */
  Optional<String> country(String address) {
    return Optional.of(PhoneAddress.of(address).value())
        .filter(value -> NUMBER.matcher(value).matches())
        .flatMap(this::parse)
        .map(this::region)
        .filter(region -> !region.equals(NO_COUNTRY));
  }

  /**
   * Returns the main country of the calling code for a number that is in no table, such as a test
   * number.
   */
  private String region(PhoneNumber number) {
    String region = numbers.getRegionCodeForNumber(number);
    return region == null ? numbers.getRegionCodeForCountryCode(number.getCountryCode()) : region;
  }

  private Optional<PhoneNumber> parse(String number) {
    try {
      return Optional.of(numbers.parse(number, UNKNOWN));
    } catch (NumberParseException unassigned) {
      return Optional.empty();
    }
  }

  /** Returns the allowed countries for SMS; empty if no service number is configured. */
  Set<String> countries() {
    return countries.orElse(ownCountries);
  }

  /** Whether the countries are those of the service numbers, because no country is configured. */
  boolean isDefault() {
    return countries.isEmpty();
  }

  /** Returns the faults of the configured countries and ranges; empty if all are valid. */
  static Optional<String> complaint(Optional<Set<String>> countries, Set<String> ranges) {
    Set<String> known = PhoneNumberUtil.getInstance().getSupportedRegions();
    Optional<String> country =
        countries.orElse(Set.of()).stream()
            .filter(code -> !code.equals(ALL) && !known.contains(code))
            .findFirst()
            .map(
                code ->
                    "switchboard.spend.countries has '"
                        + code
                        + "', which is neither an ISO 3166-1 code of a country, such as US or GB, "
                        + "nor '*' for all.");
    return country.or(
        () ->
            ranges.stream()
                .filter(range -> !range.matches("\\+?[0-9]{1,15}"))
                .findFirst()
                .map(
                    range ->
                        "switchboard.spend.allowed-prefixes has '"
                            + range
                            + "', which is neither a prefix of a number, such as +882, nor a short "
                            + "code."));
  }
}
