package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Checks whether Twilio could call and sign the configured address. */
@ApplicationScoped
class PublicUrlCheck implements Check {

  private static final String EXAMPLE =
      "Set SWITCHBOARD_PUBLIC_URL to the address under which Twilio reaches this service, such as"
          + " https://chat.example.com.";

  private final Optional<String> publicUrl;

  PublicUrlCheck(PublicUrl url) {
    this.publicUrl = url.configured();
  }

  @Override
  public Area area() {
    return Area.TWILIO;
  }

  @Override
  public String name() {
    return "Public URL";
  }

  @Override
  public Uni<Finding> look() {
    return Uni.createFrom().item(of(publicUrl));
  }

  static Finding of(Optional<String> publicUrl) {
    if (publicUrl.isEmpty()) {
      return Finding.warn(
          "SWITCHBOARD_PUBLIC_URL is not set: signatures are checked for the address that the "
              + "server sees, which is right only without a proxy in front.",
          EXAMPLE);
    }
    URI url;
    try {
      url = URI.create(publicUrl.get());
    } catch (IllegalArgumentException malformed) {
      return Finding.fail("The value is not an address.", EXAMPLE);
    }
    if (url.getHost() == null || url.getScheme() == null) {
      return Finding.fail("The value is not a whole address.", EXAMPLE);
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
      return Finding.fail(
          "The address has a query, a fragment or a user name, and no signature would match.",
          EXAMPLE);
    }
    if (isPrivate(url.getHost())) {
      return Finding.fail(
          url.getHost() + " is an address of a private network: Twilio cannot call it.",
          EXAMPLE + " During development use a tunnel.");
    }
    if (!url.getScheme().equalsIgnoreCase("https")) {
      return Finding.fail(
          "The address is not https: messages would cross the internet unencrypted.", EXAMPLE);
    }
    String path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
    if (!path.isEmpty() && !path.equals(WebhookDoor.PATH)) {
      return Finding.warn(
          "The address has the path "
              + path
              + ", so that Twilio must call "
              + publicUrl.get().replaceAll("/+$", "")
              + WebhookDoor.PATH
              + ".",
          "If the proxy in front does not serve this path, remove the path from "
              + "SWITCHBOARD_PUBLIC_URL.");
    }
    return Finding.ok(PublicUrl.webhook(publicUrl.get()) + " is an address that Twilio can call.");
  }

  /** Judges by the form alone: a host name may resolve to another address for Twilio than here. */
  private static boolean isPrivate(String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|\\]$", "");
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.endsWith(".local")
        || name.endsWith(".internal")
        || !name.matches(".*[.:].*")
        || name.matches(
            "(0|10|127)\\..*|169\\.254\\..*|192\\.168\\..*|172\\.(1[6-9]|2\\d|3[01])\\..*")
        || name.matches("::1?|f[cd][0-9a-f]{2}:.*|fe80:.*");
  }
}
