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
   * Further accounts whose webhooks are taken, separated by commas: subaccounts that are signed
   * with one of {@link TwilioCredentialsConfig#authTokens()}. A webhook that names another account
   * than {@link #accountSid()} and these is refused with 403. Default: none. Environment: {@code
   * SWITCHBOARD_TWILIO_ACCOUNT_SIDS}.
   */
  Optional<List<String>> accountSids();

  /**
   * The base URL of Twilio's REST API; another for a region, or for tests. Environment: {@code
   * SWITCHBOARD_TWILIO_API_URL}.
   */
  @WithDefault("https://api.twilio.com")
  String apiUrl();
}
