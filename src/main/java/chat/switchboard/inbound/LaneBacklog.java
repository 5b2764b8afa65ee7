package chat.switchboard.inbound;

import chat.switchboard.ops.Timers;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the entries of the inbox for one conversation. */
final class LaneBacklog {

  /**
   * How long an inbox without messages for this conversation counts as empty. A message that
   * another replica stores in this time waits no longer than that replica waits for the lease.
   */
  static final Duration EMPTY_FOR = Lanes.LOOK_ROUND;

  /**
   * How long a replica that holds a message for a deleted conversation has time to find the next
   * conversation: its write into the deleted conversation may be on its way. After this time that
   * replica counts as dead.
   */
  static final Duration LOST_FOR = Duration.ofSeconds(5);

  private static final LaneEntries NONE = new LaneEntries(List.of(), List.of());

  private final String conversationId;
  private final RoutedInbox inbox;
  private final Timers timers;

  /** The senders of the last read, if that read found nothing; otherwise null. */
  private Set<String> emptyFor;

  private long readAt;

  /** When this lane saw that the conversation of an entry is deleted, by the id of the entry. */
  private final Map<String, Long> lostSince = new HashMap<>();

  LaneBacklog(String conversationId, RoutedInbox inbox, Timers timers) {
    this.conversationId = conversationId;
    this.inbox = inbox;
    this.timers = timers;
  }

  /** Forgets that the inbox was empty: under a new lease the inbox is read again. */
  void forget() {
    emptyFor = null;
  }

  /**
   * Whether a read may also write: the messages of deleted conversations get their next
   * conversations.
   */
  boolean mayMoveOn() {
    return !lostSince.isEmpty();
  }

  /** Reads the entries for this conversation, by their arrival. */
  Uni<LaneEntries> read(PendingMessages pending) {
    long begun = timers.nanoTime();
    Set<String> senders = pending.senders();
    if (isEmpty(pending, senders, begun)) {
      return Uni.createFrom().item(NONE);
    }
    return inbox
        .read(conversationId, senders)
        .flatMap(read -> moveOn(read, senders, begun))
        .map(read -> new LaneEntries(read.here(), read.lost()))
        .invoke(
            entries -> {
              emptyFor = entries.areNone() ? senders : null;
              readAt = begun;
            });
  }

  /**
   * Whether a read is spared: the inbox was empty recently, and no pending message is in the inbox.
   */
  private boolean isEmpty(PendingMessages pending, Set<String> senders, long now) {
    return emptyFor != null
        && now - readAt < EMPTY_FOR.toNanos()
        && pending.areAllUnkept()
        && emptyFor.containsAll(senders);
  }

  /** Finds conversations for the messages that no other replica has moved on in time. */
  private Uni<RoutedInbox.Read> moveOn(RoutedInbox.Read read, Set<String> senders, long now) {
    Set<String> ids = new HashSet<>();
    read.lost().forEach(entry -> ids.add(entry.id));
    lostSince.keySet().retainAll(ids);
    ids.forEach(id -> lostSince.putIfAbsent(id, now));
    List<InboxEntry> overdue =
        read.lost().stream()
            .filter(entry -> now - lostSince.get(entry.id) >= LOST_FOR.toNanos())
            .toList();
    return overdue.isEmpty()
        ? Uni.createFrom().item(read)
        : inbox
            .moveOn(overdue)
            .invoke(() -> overdue.forEach(entry -> lostSince.remove(entry.id)))
            .chain(() -> inbox.read(conversationId, senders));
  }

  /** Returns the outcome of a message that is missing from the inbox. */
  Uni<Inbox.Outcome> outcome(LaneItem item) {
    return inbox.outcome(item.entry().orElseThrow().id, conversationId);
  }
}
