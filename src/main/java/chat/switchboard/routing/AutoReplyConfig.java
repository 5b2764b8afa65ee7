package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether LibreChat's agent answers texts. */
@ConfigMapping(prefix = "switchboard.replies")
public interface AutoReplyConfig {

  /**
   * Whether LibreChat's agent answers the texts of people, unless the setting of the service number
   * or the API caller decides otherwise.
   */
  @WithDefault("false")
  boolean auto();
}
