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
   * The maximum number of webhooks of other services that this process handles at the same time,
   * for all hooks together; further webhooks get 503 with {@code Retry-After}.
   */
  @WithDefault("256")
  int hooksInFlight();

  /**
   * The maximum number of webhooks a second of one hook that this process accepts, measured over
   * ten seconds: a burst may have ten times this number. Further webhooks get 429 with {@code
   * Retry-After}.
   */
  @WithDefault("30")
  int hookPerSecond();

  /**
   * Failed authentications of one client address in a minute; further failures get 429. The limit
   * applies only after a failed check, so a caller with a valid key is never shut out.
   */
  @WithDefault("120")
  int failuresPerMinute();
}
