package chat.switchboard.mongo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The leases of all workers: of conversations, of senders and of jobs. */
@ConfigMapping(prefix = "switchboard.inbox")
public interface LeaseConfig {

  /**
   * How long a replica may fail to renew a lease before another replica takes over the
   * conversation, the sender or the job. The other replica measures this time by its own clock, so
   * the clocks need not agree.
   */
  @WithDefault("15s")
  Duration lease();
}
