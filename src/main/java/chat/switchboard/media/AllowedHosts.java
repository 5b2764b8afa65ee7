package chat.switchboard.media;

import java.util.List;
import java.util.Locale;

/**
 * The allowed addresses of files that a caller of the API names: each public https host that {@code
 * switchboard.media.hosts} allows. An entry is a host, {@code *.} and a domain for its subdomains,
 * or {@code *} for each host.
 */
final class AllowedHosts implements AddressPolicy {

  private final List<String> hosts;

  AllowedHosts(List<String> hosts) {
    this.hosts = hosts.stream().map(host -> host.strip().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public Admission first(MediaAddress address) {
    return address.isPublicForm()
            && hosts.stream().anyMatch(entry -> matches(entry, address.host()))
        ? Admission.PUBLIC_ONLY
        : Admission.REFUSED;
  }

  @Override
  public Admission redirect(MediaAddress address) {
    return first(address);
  }

  private static boolean matches(String entry, String host) {
    return entry.equals("*")
        || entry.equals(host)
        || (entry.startsWith("*.") && entry.length() > 2 && host.endsWith(entry.substring(1)));
  }
}
