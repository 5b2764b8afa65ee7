package chat.switchboard.inbound;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a lane finds in the inbox.
 *
 * @param here the entries that go into the conversation of the lane, by their arrival
 * @param lost entries for other conversations, which are deleted: the next conversation of such an
 *     entry may be that of the lane, so that later messages of the same sender wait
 */
record LaneEntries(List<InboxEntry> here, List<InboxEntry> lost) {

  /** Whether the inbox has nothing for the lane. */
  boolean areNone() {
    return here.isEmpty() && lost.isEmpty();
  }

  /**
   * Returns the ids of the messages that wait until an earlier message of the same sender has its
   * next conversation.
   *
   * @param pending the messages of this process
   */
  Set<String> held(Collection<LaneItem> pending) {
    if (lost.isEmpty()) {
      return Set.of();
    }
    Set<String> held = new HashSet<>();
    for (InboxEntry earlier : lost) {
      here.stream()
          .filter(entry -> earlier.sender.equals(entry.sender))
          .filter(entry -> InboxEntry.BY_ARRIVAL.compare(earlier, entry) < 0)
          .forEach(entry -> held.add(entry.messageId));
      pending.stream()
          .filter(item -> item.entry().isEmpty())
          .filter(item -> item.sender().filter(earlier.sender::equals).isPresent())
          .forEach(item -> held.add(item.messageId()));
    }
    return held;
  }
}
