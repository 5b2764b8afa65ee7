package chat.switchboard.outbound;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The outbox. */
@ConfigMapping(prefix = "switchboard.outbox")
public interface OutboxConfig {

  /**
   * Segments that one number (or messaging service) sends in a second. A long code of the USA sends
   * one; faster texts wait in Twilio's queue, where they cannot be stopped. A message on WhatsApp
   * or RCS counts as one segment.
   */
  @WithDefault("1")
  double segmentsPerSecond();

  /** The longest pause between two attempts; pauses grow from one second, with full jitter. */
  @WithDefault("5m")
  Duration maxBackoff();

  /**
   * The maximum number of attempts for a text that Twilio refuses temporarily; then the text
   * becomes a dead letter.
   */
  @WithDefault("20")
  int maxAttempts();

  /**
   * The maximum number of attempts to fetch a file of a text, over some minutes. Then a text of an
   * API caller fails; an answer of LibreChat is sent and names the file.
   */
  @WithDefault("10")
  int fileAttempts();

  /**
   * How long an ambiguous text (Twilio may have the text) waits for Twilio's status callback; then
   * the text becomes a dead letter, and an operator decides. An ambiguous text is never resent
   * automatically.
   */
  @WithDefault("1h")
  Duration callbackTimeout();

  /**
   * The maximum number of messages that wait for {@code sendAt}, for the end of quiet hours or for
   * WhatsApp's window, in the whole database; a further text of an API caller is refused with 429.
   * The service's own texts count, and are never refused.
   */
  @WithDefault("10000")
  int maxHeld();

  /** How long a text in a final state is kept. */
  @WithDefault("30d")
  Duration retention();
}
