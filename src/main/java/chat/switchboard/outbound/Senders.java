package chat.switchboard.outbound;

import chat.switchboard.phone.Channel;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.phone.ServiceNumbersConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which of our numbers a text goes from. */
@ApplicationScoped
public class Senders {

  private final Optional<String> configured;
  private final Set<String> numbers;

  Senders(CarrierConfig carrierConfig, ServiceNumbersConfig serviceNumbersConfig) {
    this.numbers = serviceNumbersConfig.numbers().keySet();
    this.configured = carrierConfig.from().map(String::strip).filter(from -> !from.isEmpty());
  }

  /**
   * What is asked for, or what is set for all; to a person on WhatsApp it is our number there.
   *
   * @return empty where nothing is asked for and nothing is set
   */
  Optional<String> of(Optional<String> from, String to) {
    return from.filter(given -> !given.isBlank())
        .or(() -> configured)
        .map(
            number ->
                PhoneAddress.of(to).channel() == Channel.WHATSAPP && isPlainNumber(number)
                    ? Channel.WHATSAPP.scheme() + number
                    : number);
  }

  /** Our senders that are known from the configuration. */
  Stream<String> own() {
    return Stream.concat(configured.stream(), numbers.stream());
  }

  /** Whether this address is one of our own numbers. */
  public boolean isOurs(String address) {
    String number = PhoneAddress.of(address).value();
    return numbers.contains(number) || configured.filter(number::equals).isPresent();
  }

  private static boolean isPlainNumber(String sender) {
    PhoneAddress address = PhoneAddress.of(sender);
    return address.channel() == Channel.SMS && address.isNumber();
  }
}
