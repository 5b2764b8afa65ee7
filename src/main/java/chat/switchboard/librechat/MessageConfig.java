package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The fields and the limits of an injected message. */
@ConfigMapping(prefix = "switchboard.message")
public interface MessageConfig {

  /**
   * The role that is stored: {@code user} or {@code external}. In stock LibreChat every role that
   * it does not know reaches the model as a system prompt, so that {@code external} would give a
   * stranger's text the authority of the operator's; only a fork that knows the role may have it.
   */
  @WithDefault("user")
  StoredRole storedRole();

  /**
   * How long a message waits for an answer that LibreChat is generating in its conversation; then
   * it is appended all the same. Beside the answer it would be a branch that the page hides.
   */
  @WithDefault("90s")
  Duration waitForAnswer();

  /** The longest text that is taken, in characters (UTF-16 units). Longer is refused. */
  @WithDefault("32000")
  int maxLength();

  /**
   * Where the icons are that LibreChat's page shows beside messages from outside, one for each
   * source: an absolute path on LibreChat's host, where the proxy routes {@code /switchboard/*}
   * here, or an address with http(s). Empty: messages have no icon of ours.
   */
  @WithDefault("/switchboard/icons")
  Optional<String> iconBase();

  /** The role that is stored with an injected message. */
  enum StoredRole {
    USER,
    EXTERNAL
  }
}
