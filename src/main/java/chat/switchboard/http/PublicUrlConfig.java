package chat.switchboard.http;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The address under which other systems reach this service. */
@ConfigMapping(prefix = "switchboard")
public interface PublicUrlConfig {

  /**
   * The base URL under which Twilio calls this service, such as {@code https://chat.example.com};
   * byte for byte the URL that is entered at Twilio, without the path {@code /api/twilio/webhook}.
   * Twilio signs that URL. Without this setting, signatures are checked for the URL that the server
   * sees, which is right only without a proxy in front. Environment: {@code
   * SWITCHBOARD_PUBLIC_URL}.
   */
  Optional<String> publicUrl();
}
