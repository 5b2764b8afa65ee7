package chat.switchboard.outbound;

import static java.util.Comparator.naturalOrder;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The texts of one number that can go now: the first text to each person, so that each person's
 * order is kept.
 *
 * @param ready the first texts that are due
 * @param next the time until the next text is due, if none of those read is ready; empty where none
 *     is known
 */
record SendCandidates(List<OutboxEntry> ready, Optional<Duration> next) {

  /** Few: the rate is one segment a second, and all of them are in doubt if the process dies. */
  static final int SIDE_BY_SIDE = 4;

  /**
   * @param open texts in order
   * @param waiting the people of whom an earlier text was read; those of these texts are added
   * @param now epoch milliseconds
   */
  static SendCandidates of(List<OutboxEntry> open, Set<String> waiting, long now) {
    List<OutboxEntry> ready = new ArrayList<>();
    List<Duration> later = new ArrayList<>();
    for (OutboxEntry entry : open) {
      if (!waiting.add(entry.phoneNumber)) {
        continue;
      }
      Duration left = Duration.ofMillis(entry.nextAttemptAt.getTime() - now);
      if (left.isNegative() || left.isZero()) {
        ready.add(entry);
      } else {
        later.add(left);
      }
      if (ready.size() == SIDE_BY_SIDE) {
        break;
      }
    }
    return new SendCandidates(ready, later.stream().min(naturalOrder()));
  }
}
