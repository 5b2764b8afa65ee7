package chat.switchboard.http;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public Internet from all others: private, loopback, link-local, shared,
 * multicast and reserved ranges, and IPv6 forms that carry an IPv4 address.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry/">IANA IPv4
 *     Special-Purpose Address Registry</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry/">IANA IPv6
 *     Special-Purpose Address Registry</a>
 */
public final class PublicAddresses {

  private static final List<Range> SPECIAL_V4 =
      List.of(
          Range.of("0.0.0.0/8"),
          Range.of("10.0.0.0/8"),
          Range.of("100.64.0.0/10"),
          Range.of("127.0.0.0/8"),
          // Holds 169.254.169.254, the metadata service of most clouds.
          Range.of("169.254.0.0/16"),
          Range.of("172.16.0.0/12"),
          Range.of("192.0.0.0/24"),
          Range.of("192.0.2.0/24"),
          Range.of("192.31.196.0/24"),
          Range.of("192.52.193.0/24"),
          Range.of("192.88.99.0/24"),
          Range.of("192.168.0.0/16"),
          Range.of("192.175.48.0/24"),
          Range.of("198.18.0.0/15"),
          Range.of("198.51.100.0/24"),
          Range.of("203.0.113.0/24"),
          // Azure's platform service, reachable from each virtual machine only.
          Range.of("168.63.129.16/32"),
          // Multicast, reserved and the broadcast address.
          Range.of("224.0.0.0/3"));

  /** The only range from which IANA has allocated global unicast addresses. */
  private static final Range GLOBAL_UNICAST_V6 = Range.of("2000::/3");

  private static final List<Range> SPECIAL_V6 =
      List.of(
          // IETF protocol assignments: Teredo, ORCHID, benchmarking and others.
          Range.of("2001::/23"),
          Range.of("2001:db8::/32"),
          // 6to4 carries any IPv4 address.
          Range.of("2002::/16"),
          Range.of("2620:4f:8000::/48"),
          Range.of("3fff::/20"));

  private PublicAddresses() {}

  /**
   * Whether the address belongs to the public Internet. Java reads an IPv4-mapped address as the
   * IPv4 address, which decides. IPv4-compatible, NAT64, Teredo and 6to4 forms are never public.
   */
  public static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return SPECIAL_V4.stream().noneMatch(range -> range.contains(bytes));
    }
    return address instanceof Inet6Address
        && GLOBAL_UNICAST_V6.contains(bytes)
        && SPECIAL_V6.stream().noneMatch(range -> range.contains(bytes));
  }

  private record Range(byte[] network, int bits) {

    static Range of(String cidr) {
      String[] parts = cidr.split("/");
      try {
        // A literal address: no look-up.
        return new Range(InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
      } catch (UnknownHostException impossible) {
        throw new IllegalArgumentException(cidr, impossible);
      }
    }

    boolean contains(byte[] address) {
      if (address.length != network.length) {
        return false;
      }
      int whole = bits / 8;
      if (!Arrays.equals(network, 0, whole, address, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      int mask = 0xFF << (8 - rest) & 0xFF;
      return rest == 0 || (network[whole] & mask) == (address[whole] & mask);
    }
  }
}
