package chat.switchboard.mongo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The time limit of steps in the database. */
@ConfigMapping(prefix = "switchboard.database")
public interface DatabaseConfig {

  /**
   * How long one step of the work may wait for MongoDB before the caller gets 503. Twilio gives a
   * webhook 15 s in all.
   */
  @WithDefault("5s")
  Duration timeout();
}
