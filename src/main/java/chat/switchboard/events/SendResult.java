package chat.switchboard.events;

import java.time.Duration;
import java.util.Optional;

/** The result of one attempt to send an event. */
sealed interface SendResult {

  /** The receiver has answered 2xx. */
  record Delivered() implements SendResult {}

  /**
   * The attempt failed; another one follows.
   *
   * @param cause one sentence, without the path of the receiver
   * @param after what the receiver asks for by Retry-After
   */
  record Failed(String cause, Optional<Duration> after) implements SendResult {}

  /** The receiver wants no more events (410). */
  record Gone() implements SendResult {}
}
