package chat.switchboard.inbound;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Reads the inbox of all replicas for a lane, with a conversation for each entry that has one. */
@Singleton
class RoutedInbox {

  private final Inbox inbox;
  private final EntryRouter router;

  RoutedInbox(Inbox inbox, EntryRouter router) {
    this.inbox = inbox;
    this.router = router;
  }

  /**
   * Reads the oldest entries for this conversation. The messages of these senders that have no
   * conversation yet are routed first.
   *
   * @return at most {@link PendingMessages#MOST_AT_ONCE}
   */
  Uni<List<InboxEntry>> read(String conversationId, Set<String> senders) {
    return inbox
        .backlog(conversationId, senders, PendingMessages.MOST_AT_ONCE)
        .flatMap(this::routed)
        .map(
            entries ->
                entries.stream()
                    .filter(entry -> conversationId.equals(entry.lane) && entry.envelope != null)
                    .toList());
  }

  Uni<Inbox.Outcome> outcome(String id, String conversationId) {
    return inbox.outcome(id, conversationId);
  }

  private Uni<List<InboxEntry>> routed(List<InboxEntry> entries) {
    return Multi.createFrom()
        .iterable(entries)
        .onItem()
        .transformToUniAndConcatenate(router::findLane)
        .collect()
        .asList();
  }
}
