package chat.switchboard.twilio;

import chat.switchboard.http.PublicUrlConfig;
import java.util.Optional;

/** The address of the webhook, as an operator enters it at Twilio. */
public final class OurWebhook {

  /** The path of the door, below the base of the public URL. */
  public static final String PATH = "/api/twilio/webhook";

  private OurWebhook() {}

  /** Empty if the public URL is not set. */
  public static Optional<String> url(PublicUrlConfig config) {
    return config
        .publicUrl()
        .map(set -> set.strip().replaceAll("/+$", ""))
        .filter(set -> !set.isEmpty())
        .map(OurWebhook::of);
  }

  /** Of a public URL, which may be the base, or the whole address of the webhook. */
  public static String of(String publicUrl) {
    String url = publicUrl.replaceAll("/+$", "");
    return url.endsWith(PATH) ? url : url + PATH;
  }
}
