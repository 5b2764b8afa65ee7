package chat.switchboard.replies;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long finished entries are kept. */
@ConfigMapping(prefix = "switchboard.inbox")
public interface InboxRetentionConfig {

  /**
   * How long it is remembered that a message came, so that a repeat is known. At least 24 h: Twilio
   * signs no time.
   */
  @WithDefault("7d")
  Duration retention();
}
