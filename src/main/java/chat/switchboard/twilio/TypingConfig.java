package chat.switchboard.twilio;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What people on WhatsApp see while they wait. */
@ConfigMapping(prefix = "switchboard.whatsapp")
interface TypingConfig {

  /**
   * Whether a person on WhatsApp sees that the agent writes an answer: Twilio then marks the
   * person's text as read and shows the typing indicator for at most 25 s. The indicator is a
   * public beta of Twilio's. Default: false.
   */
  @WithDefault("false")
  boolean typing();
}
