package chat.switchboard.replies;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Answers of LibreChat's agent; they need {@code switchboard.librechat-url}. */
@ConfigMapping(prefix = "switchboard.replies")
public interface RepliesConfig {

  /** So long after a text nothing more must have come before it is answered with those before. */
  @WithDefault("2s")
  Duration quiet();

  /** How long one try waits for the answer. LibreChat goes on generating it all the same. */
  @WithDefault("120s")
  Duration timeout();

  /** Tries to get an answer, before the question becomes a dead letter. */
  @WithDefault("8")
  int maxAttempts();

  /** The pause before the second try, at most; it doubles with each, with full jitter. */
  @WithDefault("5s")
  Duration firstPause();

  /** The longest pause between two tries. */
  @WithDefault("5m")
  Duration longestPause();

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
