package chat.switchboard.twilio;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The choices that an agent offers on WhatsApp and RCS. */
@ConfigMapping(prefix = "switchboard.choices")
interface ChoicesConfig {

  /**
   * Whether WhatsApp and RCS show the choices of an agent as buttons or as a list; otherwise each
   * choice has a number. Each new set of choices makes one content of Twilio's Content API.
   * Default: true.
   */
  @WithDefault("true")
  boolean buttons();

  /**
   * The label of the button that opens a list of more than three choices on WhatsApp; at most 20
   * characters. Default: {@code Choose}.
   */
  @WithDefault("Choose")
  String listLabel();
}
