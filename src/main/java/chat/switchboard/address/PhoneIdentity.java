package chat.switchboard.address;

import java.util.List;

/**
 * The person behind an address, with every other name of the same account.
 *
 * @param address the address
 * @param names the names of the account: the address first, then its other spelling, then the names
 *     that Twilio has tied to the account
 */
public record PhoneIdentity(PhoneAddress address, List<String> names) {

  /** Returns the identity that follows from the address alone. */
  public static PhoneIdentity of(String name) {
    PhoneAddress address = PhoneAddress.of(name);
    return new PhoneIdentity(address, address.spellings());
  }

  /** Whether the account has this name. */
  public boolean has(String name) {
    return names.contains(name) || address.sameAccount(PhoneAddress.of(name));
  }

  /** Returns the names for which an opt-out holds. */
  public List<String> consentNames() {
    return names.stream()
        .flatMap(name -> PhoneAddress.of(name).consentNames().stream())
        .distinct()
        .toList();
  }
}
