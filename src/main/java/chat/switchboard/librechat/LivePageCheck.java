package chat.switchboard.librechat;

import chat.switchboard.http.HttpProbe;
import chat.switchboard.http.HttpProbe.Answer;
import chat.switchboard.http.PublicUrl;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks whether LibreChat's page has {@code live.js}, and whether the page's
 * Content-Security-Policy lets the browser run the script. The page is fetched at
 * SWITCHBOARD_PUBLIC_URL, through the proxy that adds the script; without that setting at
 * LIBRECHAT_URL, which shows only the policy.
 */
@Singleton
class LivePageCheck implements Check {

  private static final Pattern SCRIPT =
      Pattern.compile("<script\\b[^>]*\\bsrc=[\"'][^\"']*/switchboard/live\\.js[\"'][^>]*>");

  private static final Pattern NONCE = Pattern.compile("\\bnonce=[\"']([^\"']*)[\"']");

  private static final String ADD =
      "Let the proxy in front of LibreChat add the script (docs/live-page.md), or correct "
          + "SWITCHBOARD_PUBLIC_URL if the chat has another address.";

  private static final String ALLOW =
      "Let the proxy give the script the nonce of the policy (deploy/nginx/csp-nonce.conf), or set"
          + " CSP_SCRIPT_SRC_EXTRA at LibreChat to the chat's own address, such as"
          + " https://chat.example.com.";

  private final Optional<String> publicUrl;
  private final Optional<String> librechatUrl;
  private final HttpProbe asking;

  LivePageCheck(PublicUrl publicUrl, LibreChatConfig libreChatConfig, HttpProbe asking) {
    this.publicUrl = publicUrl.base();
    this.librechatUrl = address(libreChatConfig.librechatUrl());
    this.asking = asking;
  }

  private static Optional<String> address(Optional<String> set) {
    return set.map(url -> url.strip().replaceAll("/+$", "")).filter(url -> !url.isEmpty());
  }

  @Override
  public Area area() {
    return Area.LIBRECHAT;
  }

  @Override
  public String name() {
    return "Live page";
  }

  @Override
  public Uni<Finding> look() {
    if (publicUrl.isPresent()) {
      return page(publicUrl.get())
          .map(LivePageCheck::withScript)
          .onFailure()
          .recoverWithItem(LivePageCheck::unseen);
    }
    if (librechatUrl.isPresent()) {
      return page(librechatUrl.get())
          .map(LivePageCheck::withoutProxy)
          .onFailure()
          .recoverWithItem(LivePageCheck::unseen);
    }
    return Uni.createFrom()
        .item(
            Finding.warn(
                "Neither SWITCHBOARD_PUBLIC_URL nor LIBRECHAT_URL is set: LibreChat's page cannot "
                    + "be checked.",
                "Set one of them."));
  }

  /**
   * Many networks block requests from the service to the chat's public address: this is not an
   * error.
   */
  private static Finding unseen(Throwable failure) {
    return Finding.warn(
        "Switchboard cannot fetch LibreChat's page: " + Cause.of(failure),
        "Open the chat in a browser and check whether its page loads /switchboard/live.js.");
  }

  private Uni<Answer> page(String base) {
    return asking.get(base + "/", Map.of("Accept", "text/html"));
  }

  /** Evaluates the page that a browser gets through the proxy. */
  static Finding withScript(Answer page) {
    if (page.status() != 200) {
      return Finding.warn("LibreChat's page responds with status " + page.status() + ".", ADD);
    }
    Matcher script = SCRIPT.matcher(page.body());
    if (!script.find()) {
      return Finding.warn(
          "The page at SWITCHBOARD_PUBLIC_URL does not have live.js: messages from outside show"
              + " only after a reload.",
          ADD);
    }
    Matcher nonce = NONCE.matcher(script.group());
    return policy(page).allowsOwnScript(nonce.find() ? nonce.group(1) : null)
        ? Finding.ok("LibreChat's page has live.js, and the browser may run it.")
        : Finding.fail(
            "LibreChat's page has live.js, but its Content-Security-Policy makes the browser block"
                + " the script.",
            ALLOW);
  }

  /** Evaluates the page of LibreChat itself, without the proxy that adds the script. */
  static Finding withoutProxy(Answer page) {
    if (page.status() != 200) {
      return Finding.warn("LibreChat's page responds with status " + page.status() + ".", ADD);
    }
    return policy(page).allowsOwnScript(null)
        ? Finding.ok(
            "LibreChat's Content-Security-Policy does not stop live.js. Set SWITCHBOARD_PUBLIC_URL "
                + "so that this check can fetch the page through the proxy.")
        : Finding.warn(
            "LibreChat enforces a Content-Security-Policy under which a browser runs only scripts"
                + " with its nonce.",
            ALLOW);
  }

  private static ScriptPolicy policy(Answer page) {
    return ScriptPolicy.of(page.headers().get("Content-Security-Policy"));
  }
}
