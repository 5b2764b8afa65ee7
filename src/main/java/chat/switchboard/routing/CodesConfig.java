package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The codes that link a person to a conversation. */
@ConfigMapping(prefix = "switchboard.codes")
public interface CodesConfig {

  /** How long a code is valid. */
  @WithDefault("7d")
  Duration ttl();

  /** The maximum number of wrong codes of one sender in an hour; further codes are ignored. */
  @WithDefault("5")
  int wrongPerHour();
}
