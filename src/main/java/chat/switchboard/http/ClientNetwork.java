package chat.switchboard.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The key under which a client's attempts are counted: an IPv4 address, or the /64 of an IPv6
 * address, since one subscriber has all 2^64 addresses of a /64 (RFC 6177).
 */
final class ClientNetwork {

  private static final int PREFIX_BYTES = 8;

  private ClientNetwork() {}

  /**
   * @param address an IP address in its text form; null if unknown
   * @return the same key for every value that is not an IP address
   */
  static String of(String address) {
    Optional<InetAddress> read =
        address == null ? Optional.empty() : ForwardedFor.literal(withoutZone(address));
    if (read.isEmpty()) {
      return "unknown";
    }
    if (read.get() instanceof Inet4Address four) {
      return four.getHostAddress();
    }
    return HexFormat.of().formatHex(read.get().getAddress(), 0, PREFIX_BYTES) + "/64";
  }

  private static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
