package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.ServiceNumber;
import chat.switchboard.address.ServiceNumberConfig;
import chat.switchboard.address.ServiceNumbersConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Knows between which numbers MMS are sent. */
@ApplicationScoped
class MmsReach {

  private static final String ALL = "*";

  private final Set<String> countries;
  private final ServiceNumbersConfig numbers;
  private final SpendDestinations destinations;

  MmsReach(MmsConfig config, ServiceNumbersConfig numbers, SpendDestinations destinations) {
    this.countries =
        config.countries().stream()
            .map(code -> code.strip().toUpperCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    this.numbers = numbers;
    this.destinations = destinations;
  }

  /**
   * Whether an MMS can go from this sender to this person.
   *
   * @param sender a service number, or a messaging service, whose numbers are not known: the
   *     person's country decides
   */
  boolean has(String sender, String to) {
    PhoneAddress person = PhoneAddress.of(to);
    if (person.channel() != Channel.SMS || !isIn(person.value())) {
      return false;
    }
    Optional<Boolean> configured =
        Optional.ofNullable(numbers.numbers().get(sender)).flatMap(ServiceNumberConfig::mms);
    if (configured.isPresent()) {
      return configured.get();
    }
    return ServiceNumber.isMessagingService(sender)
        || PhoneAddress.of(sender).isShortCode()
        || isIn(sender);
  }

  private boolean isIn(String number) {
    return countries.contains(ALL)
        || destinations.country(number).filter(countries::contains).isPresent();
  }
}
