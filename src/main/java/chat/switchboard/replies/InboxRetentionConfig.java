package chat.switchboard.replies;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long finished entries are kept. */
@ConfigMapping(prefix = "switchboard.inbox")
public interface InboxRetentionConfig {

  /**
   * How long the record of a received message is kept, by which a repeated delivery is recognised.
   * At least 24 h, because Twilio's signature contains no time.
   */
  @WithDefault("7d")
  Duration retention();
}
