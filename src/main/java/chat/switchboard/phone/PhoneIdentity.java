package chat.switchboard.phone;

import java.util.List;

/**
 * A person as an address names them, with every other name of the same account.
 *
 * @param address the address
 * @param names the names of the account: the address first, then its other spelling, then what
 *     Twilio has tied to it
 */
public record PhoneIdentity(PhoneAddress address, List<String> names) {

  /** The identity that follows from the address alone. */
  public static PhoneIdentity of(String name) {
    PhoneAddress address = PhoneAddress.of(name);
    return new PhoneIdentity(address, address.spellings());
  }

  /** Whether this name is one of the account's. */
  public boolean has(String name) {
    return names.contains(name) || address.sameAccount(PhoneAddress.of(name));
  }

  /** The names for which an opt-out holds. */
  public List<String> consentNames() {
    return names.stream()
        .flatMap(name -> PhoneAddress.of(name).consentNames().stream())
        .distinct()
        .toList();
  }
}
