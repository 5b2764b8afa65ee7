package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The carrier of outgoing texts. */
@ConfigMapping(prefix = "switchboard.twilio")
public interface CarrierConfig {

  /**
   * The sender of texts whose request and mapping name no sender: a service number, or the SID of a
   * messaging service ({@code MG…}). Default: none, so such texts are refused. Environment: {@code
   * SWITCHBOARD_TWILIO_FROM}.
   */
  Optional<String> from();

  /** The timeout of a connection to Twilio; no request has been sent at that time. */
  @WithDefault("5s")
  Duration connectTimeout();

  /**
   * How long Twilio may send no byte after the request was sent; after this time whether Twilio has
   * the text is unknown.
   */
  @WithDefault("15s")
  Duration readTimeout();
}
