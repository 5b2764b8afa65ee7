package chat.switchboard.outbound;

import java.time.Instant;
import java.util.Optional;

/**
 * When a text is to be sent.
 *
 * @param at the earliest time; empty for at once
 * @param quietHours whether the text waits until the quiet hours of the person are over
 */
public record SendTime(Optional<Instant> at, boolean quietHours) {

  /** At once, at any hour. */
  public static SendTime now() {
    return new SendTime(Optional.empty(), false);
  }
}
