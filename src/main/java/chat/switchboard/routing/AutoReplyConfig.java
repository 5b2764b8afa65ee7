package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Whether LibreChat's agent answers texts. */
@ConfigMapping(prefix = "switchboard.replies")
public interface AutoReplyConfig {

  /**
   * Whether LibreChat's agent is to answer the texts of people, where neither the number they wrote
   * to nor the caller says otherwise.
   */
  @WithDefault("false")
  boolean auto();
}
