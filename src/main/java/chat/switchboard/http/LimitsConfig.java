package chat.switchboard.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Upper limits of requests. */
@ConfigMapping(prefix = "switchboard.limits")
public interface LimitsConfig {

  /**
   * The maximum number of messages that this process handles at the same time; further messages get
   * 429 (API) or 503 (Twilio).
   */
  @WithDefault("1024")
  int inFlight();

  /**
   * Texts of one sender that are answered in a minute; further texts are stored but not answered.
   */
  @WithDefault("30")
  int smsPerMinute();

  /**
   * Failed authentications of one client address in a minute; further failures get 429. The limit
   * applies only after a failed check, so a caller with a valid key is never shut out.
   */
  @WithDefault("120")
  int failuresPerMinute();
}
