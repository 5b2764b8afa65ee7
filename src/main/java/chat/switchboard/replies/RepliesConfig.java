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

  /** How long one try waits for the answer. LibreChat goes on generating it all the same. */
  @WithDefault("120s")
  Duration timeout();

  /** Tries to get an answer, before the question becomes a dead letter. */
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

  /** Automatic answers to one sender within the window; then there is silence. */
  @WithDefault("10")
  int perSender();

  /** The window in which the answers to one sender are counted. */
  @WithDefault("5m")
  Duration perSenderWindow();

  /**
   * Answers that this process lets LibreChat generate at once in the name of one owner. LibreChat's
   * own limit for a user is 2, if nothing else is set there.
   */
  @WithDefault("2")
  int perOwner();
}
