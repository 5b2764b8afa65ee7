package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrlConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Under which address Twilio finds one of our doors. */
@ApplicationScoped
class PublicUrl {

  private final Optional<String> base;

  PublicUrl(PublicUrlConfig config) {
    this.base =
        config
            .publicUrl()
            .map(url -> url.strip().replaceAll("/+$", ""))
            // It may be the whole address of the webhook, as entered at Twilio.
            .map(url -> url.replaceFirst(WebhookDoor.PATH + "$", ""))
            .filter(url -> !url.isEmpty());
  }

  /** The address of this path; empty if it is not configured where we are. */
  Optional<String> of(String path) {
    return base.map(url -> url + path);
  }
}
