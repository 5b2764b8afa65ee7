package chat.switchboard.phone;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The mappings of people to conversations. */
@ConfigMapping(prefix = "switchboard.mappings")
public interface MappingsConfig {

  /** Mappings that were not used for so long are removed; the conversation stays. */
  @WithDefault("180d")
  Duration retention();
}
