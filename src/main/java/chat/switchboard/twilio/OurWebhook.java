package chat.switchboard.twilio;

import chat.switchboard.ops.SwitchboardConfig;
import java.util.Optional;

/** The address that is to be entered at Twilio. */
final class OurWebhook {

  private static final String PATH = "/api/twilio/webhook";

  private OurWebhook() {}

  /** Empty if the public URL is not set. */
  static Optional<String> url(SwitchboardConfig config) {
    return config
        .publicUrl()
        .map(set -> set.strip().replaceAll("/+$", ""))
        .filter(set -> !set.isEmpty())
        // It may be the base, or the whole address of the webhook.
        .map(set -> set.endsWith(PATH) ? set : set + PATH);
  }
}
