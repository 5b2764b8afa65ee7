package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The carrier of outgoing texts. */
@ConfigMapping(prefix = "switchboard.twilio")
public interface CarrierConfig {

  /**
   * What texts are sent from where nothing else says so: a number of ours, or the SID of a
   * messaging service ({@code MG…}). Default: none, so that such texts are refused. Environment:
   * {@code SWITCHBOARD_TWILIO_FROM}.
   */
  Optional<String> from();

  /** How long connecting to Twilio may take; nothing has left by then. */
  @WithDefault("5s")
  Duration connectTimeout();

  /**
   * How long Twilio may be silent after a request has left; then it is not known whether the text
   * goes.
   */
  @WithDefault("15s")
  Duration readTimeout();
}
