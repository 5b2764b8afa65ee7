package chat.switchboard.twilio;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** The secrets of the account at Twilio. */
@ConfigMapping(prefix = "switchboard.twilio")
public interface TwilioCredentialsConfig {

  /**
   * The account's auth token; two tokens, separated by a comma, during a rotation. Only the auth
   * token signs webhooks: API keys do not. Without this setting every webhook is refused with 403.
   * Environment: {@code TWILIO_AUTH_TOKEN}.
   */
  Optional<List<String>> authTokens();

  /**
   * The SID of the API key ({@code SK…}) with which texts are sent. Without this setting the
   * account SID and its auth token are used. Environment: {@code TWILIO_API_KEY}.
   */
  Optional<String> apiKey();

  /** The secret of that API key. Environment: {@code TWILIO_API_SECRET}. */
  Optional<String> apiSecret();
}
