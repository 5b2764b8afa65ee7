package chat.switchboard.inbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The inbox and its lanes: one lane for each conversation. */
@ConfigMapping(prefix = "switchboard.inbox")
public interface InboxConfig {

  /**
   * How long a request of an API caller waits until its message is appended; after this time the
   * caller gets 202 and the message stays in the inbox.
   */
  @WithDefault("5s")
  Duration acceptTimeout();

  /** The longest pause between two attempts; pauses grow from one second, with full jitter. */
  @WithDefault("5m")
  Duration maxBackoff();

  /**
   * The maximum number of attempts for a message that fails for an unknown reason; then the message
   * becomes a dead letter.
   */
  @WithDefault("20")
  int maxAttempts();
}
