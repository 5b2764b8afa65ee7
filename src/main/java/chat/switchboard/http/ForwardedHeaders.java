package chat.switchboard.http;

import io.netty.util.NetUtil;
import io.smallrye.common.net.CidrAddress;
import io.smallrye.common.net.Inet;
import io.vertx.core.MultiMap;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Rewrites the forwarding headers of a request before Quarkus reads them. Quarkus takes the first
 * entry of {@code X-Forwarded-For}, which a client can invent, and throws an exception for an entry
 * that is not a host, which leaves the request without a response. This class chooses the entry
 * that counts ({@link ForwardedFor}), and removes values that cannot be parsed.
 */
@ApplicationScoped
class ForwardedHeaders {

  static final String FOR = "X-Forwarded-For";
  static final String STANDARD = "Forwarded";

  private static final Pattern SCHEME = Pattern.compile("(?i)https?");
  private static final String PORT_NUMBER =
      "([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";
  private static final Pattern PORT = Pattern.compile(PORT_NUMBER);
  private static final Pattern PREFIX = Pattern.compile("/?[\\w.~/-]{0,256}");
  private static final Pattern HOST =
      Pattern.compile("([\\w.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}])(:" + PORT_NUMBER + ")?");

  private final boolean isOn;
  private final boolean takesStandard;
  private final String hostHeader;
  private final String prefixHeader;
  private final List<CidrAddress> trusted = new ArrayList<>();

  ForwardedHeaders(
      @ConfigProperty(name = "quarkus.http.proxy.proxy-address-forwarding", defaultValue = "false")
          boolean isOn,
      @ConfigProperty(name = "quarkus.http.proxy.allow-forwarded", defaultValue = "false")
          boolean takesStandard,
      @ConfigProperty(
              name = "quarkus.http.proxy.forwarded-host-header",
              defaultValue = "X-Forwarded-Host")
          String hostHeader,
      @ConfigProperty(
              name = "quarkus.http.proxy.forwarded-prefix-header",
              defaultValue = "X-Forwarded-Prefix")
          String prefixHeader,
      @ConfigProperty(name = "quarkus.http.proxy.trusted-proxies")
          Optional<List<String>> trustedProxies) {
    this.isOn = isOn;
    this.takesStandard = takesStandard;
    this.hostHeader = hostHeader;
    this.prefixHeader = prefixHeader;
    trustedProxies.orElse(List.of()).forEach(this::trust);
  }

  /**
   * A proxy that is configured by host name is trusted as a peer (by Quarkus), not within the
   * header.
   */
  private void trust(String proxy) {
    String text = proxy.strip().equals("localhost") ? "127.0.0.1" : proxy.strip();
    CidrAddress network = text.contains("/") ? Inet.parseCidrAddress(text) : null;
    if (network != null) {
      trusted.add(network);
    } else {
      ForwardedFor.address(text)
          .map(one -> CidrAddress.create(one, one.getAddress().length * Byte.SIZE))
          .ifPresent(trusted::add);
    }
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(network -> network.matches(address));
  }

  /** Leaves only values that Quarkus can parse, and the one address that counts. */
  void normalize(MultiMap headers) {
    if (!isOn) {
      return;
    }
    keepFirst(headers, "X-Forwarded-Proto", SCHEME);
    keepFirst(headers, "X-Forwarded-Port", PORT);
    keepFirst(headers, hostHeader, HOST);
    keepFirst(headers, prefixHeader, PREFIX);
    if (headers.contains(FOR)) {
      replace(headers, FOR, ForwardedFor.client(headers.getAll(FOR), this::isTrusted));
    }
    if (headers.contains(STANDARD)) {
      standard(headers);
    }
  }

  private static void replace(MultiMap headers, String name, Optional<InetAddress> address) {
    headers.remove(name);
    address.ifPresent(one -> headers.set(name, NetUtil.toAddressString(one)));
  }

  private static void keepFirst(MultiMap headers, String name, Pattern form) {
    String value = headers.get(name);
    if (value == null) {
      return;
    }
    String first = value.split(",", 2)[0].strip();
    headers.remove(name);
    if (form.matcher(first).matches()) {
      headers.set(name, first);
    }
  }

  private void standard(MultiMap headers) {
    List<String> all = headers.getAll(STANDARD);
    headers.remove(STANDARD);
    if (!takesStandard) {
      return;
    }
    StringBuilder kept = new StringBuilder();
    ForwardedFor.client(ForwardedFor.forParameters(all), this::isTrusted)
        .map(NetUtil::toAddressString)
        .map(text -> text.indexOf(':') < 0 ? text : "\"[" + text + "]\"")
        .ifPresent(text -> kept.append("for=").append(text));
    parameter(all, "proto", SCHEME).ifPresent(text -> append(kept, "proto=" + text));
    parameter(all, "host", HOST).ifPresent(text -> append(kept, "host=\"" + text + '"'));
    if (!kept.isEmpty()) {
      headers.set(STANDARD, kept.toString());
    }
  }

  private static void append(StringBuilder kept, String parameter) {
    kept.append(kept.isEmpty() ? "" : ";").append(parameter);
  }

  private static Optional<String> parameter(List<String> headers, String name, Pattern form) {
    return headers.stream()
        .flatMap(header -> List.of(header.split("[,;]")).stream())
        .map(pair -> pair.strip().split("=", 2))
        .filter(pair -> pair.length == 2 && pair[0].strip().equalsIgnoreCase(name))
        .map(pair -> pair[1].strip().replaceAll("^\"|\"$", ""))
        .findFirst()
        .filter(value -> form.matcher(value).matches());
  }
}
