package chat.switchboard.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Upper limits of requests. */
@ConfigMapping(prefix = "switchboard.limits")
public interface LimitsConfig {

  /** Messages that may be under way in this process; one more is answered with 429 or 503. */
  @WithDefault("1024")
  int inFlight();

  /** Texts of one sender in a minute; more are stored, but not answered. */
  @WithDefault("30")
  int smsPerMinute();

  /**
   * Failed authentications of one client address in a minute; more are answered with 429. It is
   * looked at only after a check has failed, so that nobody who has a key is shut out.
   */
  @WithDefault("120")
  int failuresPerMinute();
}
