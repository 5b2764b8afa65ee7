package chat.switchboard.mongo;

import java.time.Duration;

/**
 * How long the calls of a {@link Batcher} wait for the commands before.
 *
 * @param slow a command without a response after this time is slow: the next command does not wait
 *     for the response
 * @param mostSlow the maximum number of slow commands under way; with as many the next command
 *     waits for a response
 * @param longest a call that has waited longer is not sent, and fails with {@link CallNotSent}
 */
public record BatchWaits(Duration slow, int mostSlow, Duration longest) {

  /** One command at a time, however long the calls wait. */
  static final BatchWaits ONE_AT_A_TIME =
      new BatchWaits(Duration.ofSeconds(1), 0, Duration.ofDays(1));
}
