package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The outbox. */
@ConfigMapping(prefix = "switchboard.outbox")
public interface OutboxConfig {

  /**
   * Segments that one number (or messaging service) sends in a second. A long code of the USA sends
   * one; what comes faster waits at Twilio, where it cannot be stopped any more.
   */
  @WithDefault("1")
  double segmentsPerSecond();

  /** The longest pause between two attempts; pauses grow from one second, with full jitter. */
  @WithDefault("5m")
  Duration maxBackoff();

  /** Tries of a text that Twilio does not take now, before it becomes a dead letter. */
  @WithDefault("20")
  int maxAttempts();

  /**
   * How long a text of which it is not known whether it went waits for Twilio's status callback;
   * then it is a dead letter, for a person to decide. It is never sent again by itself.
   */
  @WithDefault("1h")
  Duration callbackTimeout();

  /** How long a text that has come to its end is kept. */
  @WithDefault("30d")
  Duration retention();
}
