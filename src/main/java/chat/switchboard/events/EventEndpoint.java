package chat.switchboard.events;

import chat.switchboard.ops.Digests;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A receiver of events.
 *
 * @param path the path and the query
 * @param owner the user whose conversations the events are about; empty for all
 * @param isPrivateAllowed whether the host may have an address that is not public
 */
record EventEndpoint(
    String name,
    String host,
    int port,
    boolean isTls,
    String path,
    List<String> secrets,
    Set<EventType> types,
    Optional<String> owner,
    boolean includesText,
    boolean isPrivateAllowed) {

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?");

  /** Letters, digits, hyphens and dots, or an IPv6 address in brackets. */
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");

  private static final int LONGEST_URL = 2048;

  /**
   * Reads the settings of a receiver.
   *
   * @param errors gets a sentence for each fault; then the result has no use
   */
  static EventEndpoint of(String name, EventConfig config, List<String> errors) {
    if (!NAME.matcher(name).matches()) {
      errors.add("The name must have 1 to 64 letters, digits, dots, hyphens and underscores.");
    }
    URI url = url(config, errors);
    boolean isTls = "https".equalsIgnoreCase(url.getScheme());
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return new EventEndpoint(
        name,
        url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT),
        url.getPort() > 0 ? url.getPort() : isTls ? 443 : 80,
        isTls,
        url.getRawQuery() == null ? path : path + "?" + url.getRawQuery(),
        secrets(config, errors),
        types(config, errors),
        config.owner().map(String::strip).filter(owner -> !owner.isEmpty()),
        config.includeText(),
        config.allowPrivate());
  }

  private static URI url(EventConfig config, List<String> errors) {
    String typed = config.url().map(String::strip).orElse("");
    try {
      URI url = new URI(typed);
      boolean isHttp =
          "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
      if (typed.length() > LONGEST_URL
          || !isHttp
          || url.getHost() == null
          || !HOST.matcher(url.getHost()).matches()
          || url.getRawUserInfo() != null
          || url.getRawFragment() != null
          || url.getPort() == 0
          || url.getPort() > 65_535) {
        errors.add("url must be an https address without a user name and a fragment.");
      } else if ("http".equalsIgnoreCase(url.getScheme()) && !config.allowPrivate()) {
        errors.add("url must begin with https://, unless allow-private is true.");
      }
      return url;
    } catch (URISyntaxException malformed) {
      errors.add("url must be an https address.");
      return URI.create("https://invalid");
    }
  }

  private static List<String> secrets(EventConfig config, List<String> errors) {
    List<String> secrets =
        config.secret().orElse(List.of()).stream()
            .map(String::strip)
            .filter(secret -> !secret.isEmpty())
            .toList();
    if (secrets.isEmpty()
        || secrets.size() > 5
        || secrets.stream().anyMatch(secret -> EventSigner.key(secret).isEmpty())) {
      errors.add(
          "secret must be whsec_ and at least 24 bytes in base64: create one with 'echo"
              + " whsec_$(openssl rand -base64 32)'.");
    }
    return secrets;
  }

  private static Set<EventType> types(EventConfig config, List<String> errors) {
    if (config.events().isEmpty()) {
      return EnumSet.allOf(EventType.class);
    }
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    List<String> unknown = new ArrayList<>();
    config
        .events()
        .get()
        .forEach(
            named ->
                EventType.named(named.strip())
                    .ifPresentOrElse(types::add, () -> unknown.add(named)));
    if (!unknown.isEmpty() || types.isEmpty()) {
      errors.add(
          "events may name message.received, message.answered, text.delivered, text.failed and"
              + " person.opted_out.");
    }
    return types;
  }

  /** Changes with the address and the secrets: a changed receiver begins anew. */
  String fingerprint() {
    return Digests.sha256Hex(
            String.join("\u0000", host, String.valueOf(port), path, String.join(",", secrets)))
        .substring(0, 32);
  }

  /** The origin alone: a path may contain a secret. */
  String origin() {
    return (isTls ? "https://" : "http://") + host + ":" + port;
  }

  /** Without the secrets and the path. */
  @Override
  public String toString() {
    return name + " (" + origin() + ")";
  }
}
