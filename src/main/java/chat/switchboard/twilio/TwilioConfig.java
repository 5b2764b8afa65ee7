package chat.switchboard.twilio;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** The account at Twilio. */
@ConfigMapping(prefix = "switchboard.twilio")
public interface TwilioConfig {

  /** The account's SID. Environment: {@code TWILIO_ACCOUNT_SID}. */
  Optional<String> accountSid();

  /**
   * Further accounts whose webhooks are accepted, separated by commas: subaccounts whose webhooks
   * are signed with one of the auth tokens. A webhook of any other account is refused with 403.
   * Default: none. Environment: {@code SWITCHBOARD_TWILIO_ACCOUNT_SIDS}.
   */
  Optional<List<String>> accountSids();

  /**
   * The base URL of Twilio's REST API; set another URL for a region or for tests. Environment:
   * {@code SWITCHBOARD_TWILIO_API_URL}.
   */
  @WithDefault("https://api.twilio.com")
  String apiUrl();

  /**
   * The base URL of Twilio's Content API, which has the templates and the contents of buttons.
   * Default: the Content API beside {@code switchboard.twilio.api-url}, {@code
   * https://content.twilio.com}. Environment: {@code SWITCHBOARD_TWILIO_CONTENT_URL}.
   */
  Optional<String> contentUrl();
}
