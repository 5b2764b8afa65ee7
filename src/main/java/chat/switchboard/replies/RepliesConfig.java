package chat.switchboard.replies;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Answers of LibreChat's agent; they need {@code switchboard.librechat-url}. */
@ConfigMapping(prefix = "switchboard.replies")
public interface RepliesConfig {

  /**
   * Debounce: the agent is asked once no further text has arrived in the conversation for this
   * long. All texts of the burst share one answer.
   */
  @WithDefault("2s")
  Duration debounce();

  /**
   * How long one attempt waits for the answer. LibreChat continues to generate the answer after
   * this time.
   */
  @WithDefault("120s")
  Duration timeout();

  /** The maximum number of attempts to get an answer; then the question becomes a dead letter. */
  @WithDefault("8")
  int maxAttempts();

  /**
   * The upper limit of the pause before the second attempt; the limit doubles with each attempt,
   * and the pause is random below the limit (full jitter).
   */
  @WithDefault("5s")
  Duration initialBackoff();

  /** The longest pause between two attempts. */
  @WithDefault("5m")
  Duration maxBackoff();

  /**
   * The maximum number of automatic answers to one sender within the window; further messages get
   * no automatic answer.
   */
  @WithDefault("10")
  int perSender();

  /** The window in which automatic answers to one sender are counted. */
  @WithDefault("5m")
  Duration perSenderWindow();

  /**
   * The maximum number of concurrent answers that this process requests in the name of one owner.
   * LibreChat's own limit for a user is 2 by default.
   */
  @WithDefault("2")
  int perOwner();
}
