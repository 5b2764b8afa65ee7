package chat.switchboard.media;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a file on another server, in the one spelling that Switchboard accepts: a scheme,
 * a DNS name, an optional port, and a path. Everything that parsers read in different ways is
 * refused: user names, IP addresses in any notation, percent-encoded hosts, trailing dots,
 * backslashes, characters outside ASCII.
 *
 * @param scheme {@code https}, or {@code http} for an origin that the configuration names
 * @param host in lower case
 * @param port the port of the scheme where the address names none
 * @param path with its query, at least {@code /}; no fragment
 */
record MediaAddress(String scheme, String host, int port, String path) {

  /** 2,048 characters: addresses that Twilio, S3 and CDNs sign have at most some 1,500. */
  static final int MAX_LENGTH = 2_048;

  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final int MAX_HOST = 253;

  private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

  /** The last label of a DNS name is never a number, which excludes each notation of IPv4. */
  private static final Pattern DNS_NAME =
      Pattern.compile("(?:" + LABEL + "\\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])");

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?i)(https?)://([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?"
              + "((?:/|\\?)[A-Za-z0-9._~:/?@!$&'()*+,;=%\\[\\]|-]*)?(?:#.*)?");

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /** Reads an address; empty if the spelling is not the accepted one or the scheme is not https. */
  static Optional<MediaAddress> https(String address) {
    return read(address)
        .filter(
            read -> read.scheme.equals("https") && read.port == HTTPS_PORT && read.hasDnsName());
  }

  /** Reads the base URL of an origin that the operator configures: http, any port and any host. */
  static Optional<MediaAddress> configured(String base) {
    return read(base);
  }

  private static Optional<MediaAddress> read(String address) {
    if (address == null || address.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    int port =
        parts.group(3) != null
            ? Integer.parseInt(parts.group(3))
            : scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
    String path = parts.group(4) == null ? "/" : parts.group(4);
    if (path.startsWith("?")) {
      path = "/" + path;
    }
    if (port < 1 || port > 65_535 || BROKEN_ESCAPE.matcher(path).find()) {
      return Optional.empty();
    }
    return Optional.of(
        new MediaAddress(scheme, parts.group(2).toLowerCase(Locale.ROOT), port, path));
  }

  private boolean hasDnsName() {
    return host.length() <= MAX_HOST && DNS_NAME.matcher(host).matches();
  }

  /**
   * Resolves the {@code Location} of a redirect: an absolute address, or a path on the same origin.
   */
  Optional<MediaAddress> redirect(String location) {
    if (location == null || location.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (location.startsWith("/") && !location.startsWith("//")) {
      return read(origin() + location);
    }
    return read(location);
  }

  /** Whether credentials for this address may go to the other address as well. */
  boolean hasOriginOf(MediaAddress other) {
    return scheme.equals(other.scheme) && host.equals(other.host) && port == other.port;
  }

  boolean isTls() {
    return scheme.equals("https");
  }

  boolean isPublicForm() {
    return isTls() && port == HTTPS_PORT && hasDnsName();
  }

  /** The path without its query. */
  String pathAlone() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  String origin() {
    boolean isDefault = port == (isTls() ? HTTPS_PORT : HTTP_PORT);
    return scheme + "://" + host + (isDefault ? "" : ":" + port);
  }

  /** The origin alone: a path may hold a signature. */
  @Override
  public String toString() {
    return origin() + "/…";
  }
}
