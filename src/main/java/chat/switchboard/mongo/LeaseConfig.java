package chat.switchboard.mongo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The leases of all workers: of conversations, of senders and of jobs. */
@ConfigMapping(prefix = "switchboard.inbox")
public interface LeaseConfig {

  /**
   * How long a replica may be silent before another takes its conversations over. Measured by the
   * other's own clock, so that clocks need not agree.
   */
  @WithDefault("15s")
  Duration lease();
}
