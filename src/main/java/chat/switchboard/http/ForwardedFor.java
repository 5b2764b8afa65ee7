package chat.switchboard.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the client's address from {@code X-Forwarded-For} and {@code Forwarded} (RFC 7239). Each
 * proxy appends the address that it was called from, so only the entries on the right are facts:
 * they are read from right to left, past the trusted proxies, up to the first other address.
 * Entries that a client sends itself are further left and are never reached.
 */
final class ForwardedFor {

  private ForwardedFor() {}

  /**
   * Returns the client's address from the values of {@code X-Forwarded-For}.
   *
   * @param headers all headers of this name, in their order
   * @param isTrusted whether an address is one of the trusted proxies
   * @return empty if the last entry is not an address: then the peer itself is the client
   */
  static Optional<InetAddress> client(List<String> headers, Predicate<InetAddress> isTrusted) {
    Deque<String> entries = new ArrayDeque<>();
    for (String header : headers) {
      for (String entry : header.split(",")) {
        if (!entry.isBlank()) {
          entries.push(entry);
        }
      }
    }
    InetAddress nearest = null;
    for (String entry : entries) {
      Optional<InetAddress> address = address(entry);
      if (address.isEmpty()) {
        break;
      }
      nearest = address.get();
      if (!isTrusted.test(nearest)) {
        break;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /**
   * Returns the {@code for} parameters of {@code Forwarded}, in their order; "" for an element
   * without this parameter.
   */
  static List<String> forParameters(List<String> headers) {
    List<String> found = new ArrayList<>();
    for (String header : headers) {
      for (String element : header.split(",")) {
        String value = "-";
        for (String parameter : element.split(";")) {
          String[] pair = parameter.strip().split("=", 2);
          if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("for")) {
            value = pair[1];
          }
        }
        found.add(value);
      }
    }
    return found;
  }

  /**
   * Parses an entry such as {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code
   * "[2001:db8::1]:80"}; empty for a name, for {@code unknown} and for every other value.
   */
  static Optional<InetAddress> address(String entry) {
    String text = entry.strip();
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      text = text.substring(1, text.length() - 1);
    }
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      if (end < 0 || !isPort(text.substring(end + 1))) {
        return Optional.empty();
      }
      text = text.substring(1, end);
    } else {
      int colon = text.indexOf(':');
      if (colon >= 0 && colon == text.lastIndexOf(':')) {
        if (!isPort(text.substring(colon))) {
          return Optional.empty();
        }
        text = text.substring(0, colon);
      }
    }
    return literal(text);
  }

  private static boolean isPort(String rest) {
    return rest.isEmpty() || rest.matches(":\\d{1,5}");
  }

  /** Parses an IP address without a DNS query; an IPv4-mapped address becomes the IPv4 address. */
  static Optional<InetAddress> literal(String text) {
    // An interface's name (fe80::1%eth0) means nothing on another machine.
    byte[] bytes =
        text.indexOf('%') >= 0 || text.length() > 45
            ? null
            : NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("Netty gives 4 or 16 bytes", impossible);
    }
  }
}
