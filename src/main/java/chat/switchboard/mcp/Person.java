package chat.switchboard.mcp;

import chat.switchboard.address.Channel;
import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.ops.Digests;
import chat.switchboard.routing.Mapping;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A person who can be texted.
 *
 * @param id the name of the person for the model, which never gets a whole number
 * @param name the label, which the user or the person gave
 */
record Person(String id, String address, Optional<String> name) {

  static final Pattern ID = Pattern.compile("p[0-9a-f]{10}");

  private static final int ID_DIGITS = 10;

  static Person of(Mapping mapping, String user) {
    return of(mapping.phoneNumber, user, Optional.ofNullable(mapping.label));
  }

  static Person of(String address, String user, Optional<String> label) {
    String account = PhoneAddress.of(address).account();
    return new Person(
        "p" + Digests.sha256Hex(user + "\u0000" + account).substring(0, ID_DIGITS),
        address,
        label.map(PlainName::of).filter(line -> !line.isEmpty()));
  }

  /** Whether the address receives texts; the address of a hook does not. */
  static boolean isReachable(Mapping mapping) {
    return PhoneAddress.of(mapping.phoneNumber).isReachable();
  }

  /** The person with the masked number, for a result. */
  String shown() {
    String number = Mask.shown(address);
    return name.filter(label -> !label.equals(number))
        .map(label -> "**" + label + "** (" + number + ")")
        .orElse(number);
  }

  Channel channel() {
    return PhoneAddress.of(address).channel();
  }
}
