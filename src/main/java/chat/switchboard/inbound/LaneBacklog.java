package chat.switchboard.inbound;

import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;

/** Reads the entries of the inbox for one conversation. */
final class LaneBacklog {

  /**
   * How long an inbox without messages for this conversation counts as empty. A message that
   * another replica stores in this time waits no longer than that replica waits for the lease.
   */
  static final Duration EMPTY_FOR = Lanes.LOOK_ROUND;

  private final String conversationId;
  private final RoutedInbox inbox;
  private final Timers timers;
  private boolean empty;
  private long readAt;

  LaneBacklog(String conversationId, RoutedInbox inbox, Timers timers) {
    this.conversationId = conversationId;
    this.inbox = inbox;
    this.timers = timers;
  }

  /** Forgets that the inbox was empty: under a new lease the inbox is read again. */
  void forget() {
    empty = false;
  }

  /** Reads the entries for this conversation, by their arrival. */
  Uni<List<InboxEntry>> read(PendingMessages pending) {
    long begun = timers.nanoTime();
    if (isEmpty(pending, begun)) {
      return Uni.createFrom().item(List.of());
    }
    return inbox
        .read(conversationId, pending.senders())
        .invoke(
            entries -> {
              empty = entries.isEmpty();
              readAt = begun;
            });
  }

  /**
   * Whether a read is spared: the inbox was empty recently, and no pending message is in the inbox.
   */
  private boolean isEmpty(PendingMessages pending, long now) {
    return empty && now - readAt < EMPTY_FOR.toNanos() && pending.areAllUnkept();
  }

  /** Returns the outcome of a message that is missing from the inbox. */
  Uni<Inbox.Outcome> outcome(LaneItem item) {
    return inbox.outcome(item.entry().orElseThrow().id, conversationId);
  }
}
