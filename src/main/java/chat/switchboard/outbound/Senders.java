package chat.switchboard.outbound;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.ServiceNumbersConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Chooses the sender of a text. */
@ApplicationScoped
public class Senders {

  private final Optional<String> configured;
  private final Set<String> numbers;

  Senders(CarrierConfig carrierConfig, ServiceNumbersConfig serviceNumbersConfig) {
    this.numbers = serviceNumbersConfig.numbers().keySet();
    this.configured = carrierConfig.from().map(String::strip).filter(from -> !from.isEmpty());
  }

  /**
   * Returns the requested or the configured sender; for a person on WhatsApp the service number on
   * WhatsApp.
   *
   * @return empty if no sender is requested and none is configured
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

  /** Returns the senders in the configuration. */
  Stream<String> own() {
    return Stream.concat(configured.stream(), numbers.stream());
  }

  /** Whether this address is a service number. */
  public boolean isOurs(String address) {
    String number = PhoneAddress.of(address).value();
    return numbers.contains(number) || configured.filter(number::equals).isPresent();
  }

  private static boolean isPlainNumber(String sender) {
    PhoneAddress address = PhoneAddress.of(sender);
    return address.channel() == Channel.SMS && address.isNumber();
  }
}
