package chat.switchboard.inbound;

import chat.switchboard.librechat.NewMessage;
import chat.switchboard.media.MessageFiles.Composed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The messages that go into a conversation together, in order: first the messages of the inbox by
 * arrival time, which all replicas see alike, then the messages that only this process holds.
 */
record Batch(List<NewMessage> messages, List<String> entryIds) {

  /**
   * @param items the items of this process, in the order of their arrival
   * @param backlog the inbox entries of the same conversation. An item whose entry is missing was
   *     appended by another replica or dropped by an operator, and is left out.
   */
  static Batch of(Collection<LaneItem> items, Collection<InboxEntry> backlog) {
    Map<String, NewMessage> known = new HashMap<>();
    items.forEach(item -> known.putIfAbsent(item.messageId(), item.message));
    Set<String> kept = new HashSet<>();
    List<NewMessage> messages = new ArrayList<>();
    List<String> entryIds = new ArrayList<>();
    backlog.stream()
        .sorted(InboxEntry.BY_ARRIVAL)
        .forEach(
            entry -> {
              entryIds.add(entry.id);
              if (kept.add(entry.messageId)) {
                NewMessage message = known.get(entry.messageId);
                messages.add(message != null ? message : Delivery.message(entry));
              }
            });
    items.stream()
        .filter(item -> item.entry().isEmpty() && kept.add(item.messageId()))
        .forEach(item -> messages.add(item.message));
    return new Batch(messages, entryIds);
  }

  /**
   * Returns the batch without these messages, and without the later messages of their senders: the
   * order of a sender stays.
   */
  Batch without(Set<String> held, Collection<InboxEntry> backlog) {
    if (held.isEmpty()) {
      return this;
    }
    Set<String> senders = new HashSet<>();
    List<NewMessage> ready = new ArrayList<>();
    for (NewMessage message : messages) {
      if (held.contains(message.messageId().toString())) {
        senders.add(message.sender());
      } else if (!senders.contains(message.sender())) {
        ready.add(message);
      }
    }
    return of(ready, backlog);
  }

  /** Returns the batch without these messages, whatever their senders are. */
  Batch withoutOnly(Set<String> held, Collection<InboxEntry> backlog) {
    return held.isEmpty()
        ? this
        : of(
            messages.stream()
                .filter(message -> !held.contains(message.messageId().toString()))
                .toList(),
            backlog);
  }

  private static Batch of(List<NewMessage> ready, Collection<InboxEntry> backlog) {
    Set<String> ids =
        ready.stream().map(message -> message.messageId().toString()).collect(Collectors.toSet());
    return new Batch(
        ready,
        backlog.stream()
            .filter(entry -> ids.contains(entry.messageId))
            .map(entry -> entry.id)
            .toList());
  }

  /** Returns the batch with the files of these messages, by message id. */
  Batch with(Map<String, Composed> composed) {
    return new Batch(
        messages.stream()
            .map(
                message -> {
                  Composed text = composed.get(message.messageId().toString());
                  return text == null ? message : message.with(text.parts(), text.attached());
                })
            .toList(),
        entryIds);
  }

  /** LibreChat's ids of the messages. */
  Set<String> messageIds() {
    return messages.stream()
        .map(message -> message.messageId().toString())
        .collect(Collectors.toSet());
  }
}
