package chat.switchboard.http;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The address of this service as others reach it. */
@ConfigMapping(prefix = "switchboard")
public interface PublicUrlConfig {

  /**
   * The base URL under which Twilio calls this service, such as {@code https://chat.example.com};
   * byte for byte what is entered at Twilio, less the path of the door. Twilio signs that URL. If
   * it is not set, the URL of the request as the server sees it is used, which is right only where
   * no proxy stands in front. Environment: {@code SWITCHBOARD_PUBLIC_URL}.
   */
  Optional<String> publicUrl();
}
