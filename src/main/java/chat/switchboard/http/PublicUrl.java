package chat.switchboard.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * The address under which others reach this service: the only reader of {@code
 * switchboard.public-url}, whose value is the base URL or the whole address of the webhook.
 */
@ApplicationScoped
public class PublicUrl {

  /** The path of the webhook for Twilio's messages. */
  public static final String WEBHOOK = "/api/twilio/webhook";

  private final Optional<String> configured;

  @Inject
  PublicUrl(PublicUrlConfig config) {
    this(config.publicUrl());
  }

  /**
   * @param configured the value of the setting
   */
  public PublicUrl(Optional<String> configured) {
    this.configured = configured.map(String::strip).filter(url -> !url.isEmpty());
  }

  /** The configured value; empty if the setting is blank. */
  public Optional<String> configured() {
    return configured;
  }

  /** The configured value without slashes at its end, as Twilio signs it. */
  public Optional<String> signed() {
    return configured.map(PublicUrl::withoutSlashes).filter(url -> !url.isEmpty());
  }

  /** The base URL, without a slash at its end. */
  public Optional<String> base() {
    return signed().map(PublicUrl::base).filter(url -> !url.isEmpty());
  }

  /** The address of this path; empty if the setting is blank. */
  public Optional<String> of(String path) {
    return base().map(url -> url + path);
  }

  /** The address of the webhook, as an operator enters it at Twilio. */
  public Optional<String> webhook() {
    return of(WEBHOOK);
  }

  /** The address of the webhook below a base URL, which may be that address itself. */
  public static String webhook(String url) {
    return base(withoutSlashes(url)) + WEBHOOK;
  }

  private static String base(String url) {
    return url.endsWith(WEBHOOK) ? url.substring(0, url.length() - WEBHOOK.length()) : url;
  }

  private static String withoutSlashes(String url) {
    int end = url.length();
    while (end > 0 && url.charAt(end - 1) == '/') {
      end--;
    }
    return url.substring(0, end);
  }
}
