package chat.switchboard.inbound;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the inbox of all replicas for a lane, with a conversation for each entry that has one. */
@Singleton
class RoutedInbox {

  /**
   * The entries for a conversation.
   *
   * @param here the entries that go into the conversation, by their arrival
   * @param lost entries of the same senders that wait for other conversations, which are deleted
   */
  record Read(List<InboxEntry> here, List<InboxEntry> lost) {}

  private final Inbox inbox;
  private final EntryRouter router;

  RoutedInbox(Inbox inbox, EntryRouter router) {
    this.inbox = inbox;
    this.router = router;
  }

  /**
   * Reads the oldest entries for this conversation. The messages of the same senders that have no
   * conversation yet are routed first.
   *
   * @param senders the senders of messages that are not read from the inbox
   * @return at most {@link PendingMessages#MOST_AT_ONCE}
   */
  Uni<Read> read(String conversationId, Set<String> senders) {
    return inbox
        .backlog(conversationId, senders, PendingMessages.MOST_AT_ONCE)
        .flatMap(found -> withEarlier(conversationId, senders, found))
        .flatMap(
            found ->
                routed(found.here())
                    .map(entries -> in(conversationId, entries))
                    .flatMap(here -> lost(found.elsewhere()).map(lost -> new Read(here, lost))));
  }

  /**
   * The earlier messages of a sender may wait without a conversation, or for another one: a further
   * read looks for those of senders that are known from the first read only.
   */
  private Uni<Backlogs.Found> withEarlier(
      String conversationId, Set<String> known, Backlogs.Found found) {
    Set<String> senders = new HashSet<>(known);
    found.here().stream()
        .map(entry -> entry.sender)
        .filter(sender -> sender != null)
        .forEach(senders::add);
    return senders.size() == known.size()
        ? Uni.createFrom().item(found)
        : inbox
            .backlog(conversationId, senders, PendingMessages.MOST_AT_ONCE)
            .map(again -> ofSenders(senders, again));
  }

  /** Leaves entries that came between the reads to the next round. */
  private static Backlogs.Found ofSenders(Set<String> senders, Backlogs.Found found) {
    List<InboxEntry> here =
        found.here().stream()
            .filter(entry -> entry.sender == null || senders.contains(entry.sender))
            .toList();
    return new Backlogs.Found(here, found.elsewhere());
  }

  private static List<InboxEntry> in(String conversationId, List<InboxEntry> entries) {
    return entries.stream()
        .filter(entry -> conversationId.equals(entry.lane) && entry.envelope != null)
        .toList();
  }

  private Uni<List<InboxEntry>> lost(List<InboxEntry> elsewhere) {
    Map<String, List<InboxEntry>> byLane =
        elsewhere.stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.lane, LinkedHashMap::new, Collectors.toList()));
    List<InboxEntry> lost = new ArrayList<>();
    return Multi.createFrom()
        .iterable(byLane.values())
        .onItem()
        .transformToUniAndConcatenate(
            same ->
                router
                    .isLost(same.get(0))
                    .invoke(is -> lost.addAll(Boolean.TRUE.equals(is) ? same : List.of())))
        .collect()
        .asList()
        .replaceWith(lost);
  }

  /** Finds the next conversations of entries whose conversation is lost, the oldest first. */
  Uni<Void> moveOn(List<InboxEntry> lost) {
    return Multi.createFrom()
        .iterable(lost)
        .onItem()
        .transformToUniAndConcatenate(router::moveOn)
        .collect()
        .asList()
        .replaceWithVoid();
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
