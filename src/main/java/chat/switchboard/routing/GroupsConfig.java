package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Several people in one conversation. */
@ConfigMapping(prefix = "switchboard.groups")
public interface GroupsConfig {

  /** Whether each text is forwarded to the other people in the conversation. */
  @WithDefault("false")
  boolean relay();
}
