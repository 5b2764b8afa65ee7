package chat.switchboard.address;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The mappings of people to conversations. */
@ConfigMapping(prefix = "switchboard.mappings")
public interface MappingsConfig {

  /** A mapping that is unused for this long is removed; the conversation stays. */
  @WithDefault("180d")
  Duration retention();
}
