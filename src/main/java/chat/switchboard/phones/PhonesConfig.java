package chat.switchboard.phones;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The own phones of LibreChat's users. */
@ConfigMapping(prefix = "switchboard.phones")
public interface PhonesConfig {

  /** How long a code that links a phone to a LibreChat user is valid. */
  @WithDefault("10m")
  Duration codeTtl();

  /** The maximum number of codes that a user gets in an hour; a further request is refused. */
  @WithDefault("10")
  int codesPerHour();

  /**
   * The maximum number of wrong codes of one sender in an hour; a further code of the sender links
   * nothing.
   */
  @WithDefault("5")
  int wrongPerHour();

  /**
   * A phone that sends no text for this long needs a new code, because its number may belong to
   * another person now: until then its texts count as a stranger's, and nothing of the user's
   * conversations is sent to it.
   */
  @WithDefault("365d")
  Duration retention();

  /**
   * Whether LibreChat's agent answers the texts of own phones, whatever {@code
   * switchboard.replies.auto} says.
   */
  @WithDefault("true")
  boolean autoReply();
}
