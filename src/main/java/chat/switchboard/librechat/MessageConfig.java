package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The fields and the limits of an injected message. */
@ConfigMapping(prefix = "switchboard.message")
public interface MessageConfig {

  /**
   * The stored role of an injected message: {@code user} or {@code external}. Stock LibreChat gives
   * a message with an unknown role to the model as a system prompt, so {@code external} would give
   * a stranger's text the authority of the operator; use {@code external} only with a fork that
   * knows the role.
   */
  @WithDefault("user")
  StoredRole storedRole();

  /**
   * How long a message waits while LibreChat generates an answer in its conversation; after this
   * time the message is appended nevertheless. A message beside a running answer would be on a
   * branch that the page hides.
   */
  @WithDefault("90s")
  Duration waitForAnswer();

  /** The maximum length of a text, in characters (UTF-16 code units). A longer text is refused. */
  @WithDefault("32000")
  int maxLength();

  /**
   * The base address of the icons that LibreChat's page shows beside messages from outside, one
   * icon for each source: an absolute path on LibreChat's host, where the proxy routes {@code
   * /switchboard/*} to Switchboard, or an http(s) URL. Empty: messages have no icon.
   */
  @WithDefault("/switchboard/icons")
  Optional<String> iconBase();

  /** The role that is stored with an injected message. */
  enum StoredRole {
    USER,
    EXTERNAL
  }
}
