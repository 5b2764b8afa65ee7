package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Whether Twilio could call, and sign, the address that is set. */
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
          "It is not set: signatures are checked for the address that the server sees, which is"
              + " right only without a proxy in front.",
          EXAMPLE);
    }
    URI url;
    try {
      url = URI.create(publicUrl.get());
    } catch (IllegalArgumentException malformed) {
      return Finding.fail("What is set is no address.", EXAMPLE);
    }
    if (url.getHost() == null || url.getScheme() == null) {
      return Finding.fail("What is set is no whole address.", EXAMPLE);
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
      return Finding.fail(
          "It has a query, a fragment or a user in it, and no signature would match.", EXAMPLE);
    }
    if (isPrivate(url.getHost())) {
      return Finding.fail(
          url.getHost() + " is an address of a private network: Twilio cannot call it.",
          EXAMPLE + " While developing, a tunnel gives one.");
    }
    if (!url.getScheme().equalsIgnoreCase("https")) {
      return Finding.fail(
          "It is not https: messages would cross the internet in the clear.", EXAMPLE);
    }
    String path = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
    if (!path.isEmpty() && !path.equals(WebhookDoor.PATH)) {
      return Finding.warn(
          "It has the path "
              + path
              + ", so that Twilio must call "
              + publicUrl.get().replaceAll("/+$", "")
              + WebhookDoor.PATH
              + ".",
          "If the proxy in front does not have that path, take it away from SWITCHBOARD_PUBLIC_URL.");
    }
    return Finding.ok(PublicUrl.webhook(publicUrl.get()) + " is an address that Twilio can call.");
  }

  /** By its form alone: what a name resolves to here need not be what it resolves to for Twilio. */
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
