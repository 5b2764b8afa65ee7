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

  /**
   * The maximum number of codes that a user gets in an hour of the clock from all replicas
   * together; a further request gets 429.
   */
  @WithDefault("10")
  int codesPerHour();

  /**
   * The maximum number of wrong codes of one sender in an hour of the clock at all replicas
   * together, at least 1; a further code of the sender links nothing, and is spent.
   */
  @WithDefault("5")
  int wrongPerHour();

  /**
   * A phone that sends no text for this long needs a new code, because its number may belong to
   * another person. Until then the texts of the phone count as a stranger's, and texts from the
   * user's conversations to the phone are blocked.
   */
  @WithDefault("365d")
  Duration retention();

  /**
   * Whether LibreChat's agent answers the texts of own phones; {@code switchboard.replies.auto}
   * does not apply to these texts. Needs {@code LIBRECHAT_URL}.
   */
  @WithDefault("true")
  boolean autoReply();
}
