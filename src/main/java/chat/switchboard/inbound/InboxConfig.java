package chat.switchboard.inbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The inbox and its lanes: one lane for each conversation. */
@ConfigMapping(prefix = "switchboard.inbox")
public interface InboxConfig {

  /**
   * How long a caller of the API waits for its message to be appended; then it is answered with 202
   * and the message stays in the inbox.
   */
  @WithDefault("5s")
  Duration acceptTimeout();

  /** The longest pause between two attempts; pauses grow from one second, with full jitter. */
  @WithDefault("5m")
  Duration maxBackoff();

  /** Tries of a message that fails for no known cause, before it becomes a dead letter. */
  @WithDefault("20")
  int maxAttempts();
}
