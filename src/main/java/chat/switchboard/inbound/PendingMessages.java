package chat.switchboard.inbound;

import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.Appended;
import chat.switchboard.librechat.Conversation;
import io.smallrye.mutiny.TimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The messages of one lane that are not in the conversation yet, each with the copies that came
 * while it waited. Any thread may add a message; all other methods belong to the lane's rounds.
 */
final class PendingMessages {

  /** Enough to be fast; few enough that one write stays far below MongoDB's limits. */
  static final int MOST_AT_ONCE = 64;

  private final Queue<LaneItem> arriving = new ConcurrentLinkedQueue<>();

  /** By message id, in the order of arrival; the newest copy is last. */
  private final Map<String, List<LaneItem>> pending = new LinkedHashMap<>();

  /** Adds a message, or another copy of one. */
  void add(LaneItem item) {
    arriving.add(item);
  }

  /** Makes room for what has arrived: at most {@value #MOST_AT_ONCE} messages are pending. */
  void admit() {
    while (pending.size() < MOST_AT_ONCE) {
      LaneItem item = arriving.poll();
      if (item == null) {
        return;
      }
      pending.computeIfAbsent(item.messageId(), id -> new ArrayList<>(1)).add(item);
    }
  }

  /** Whether no message is pending; those that were not admitted do not count. */
  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Whether messages have arrived that were not admitted yet. */
  boolean hasArrivals() {
    return !arriving.isEmpty();
  }

  /** Returns the newest copy of each pending message. */
  Collection<LaneItem> newest() {
    return pending.values().stream().map(same -> same.get(same.size() - 1)).toList();
  }

  /** Returns the conversation as the newest copy of the first message knows it. */
  Conversation conversation() {
    return newest().iterator().next().conversation();
  }

  /** Returns the conversation of a message that is known from an earlier message only. */
  Optional<Conversation> remembered() {
    return copies().filter(LaneItem::isRemembered).map(LaneItem::conversation).findFirst();
  }

  /** Marks the messages whose conversation was last read longer ago than this time. */
  void expire(Duration longest) {
    copies().forEach(item -> item.expire(longest));
  }

  /** The conversation of a message that {@link #expire} has marked. */
  Optional<Conversation> outdated() {
    return copies().filter(LaneItem::isOutdated).map(LaneItem::conversation).findFirst();
  }

  /**
   * Notes the conversation as the database has it, and ends the messages whose conversation has
   * changed since an earlier message, or while they waited.
   *
   * @param current empty if the conversation is gone
   * @return whether no message was ended
   */
  boolean read(Optional<Conversation> current) {
    return !pending
        .values()
        .removeIf(
            same -> {
              same.stream()
                  .filter(LaneItem::isUnread)
                  .forEach(item -> current.ifPresent(item::read));
              boolean changed = same.stream().anyMatch(LaneItem::isUnread);
              if (changed) {
                same.forEach(item -> item.failed(new ConversationChanged()));
              }
              return changed;
            });
  }

  /** Returns the senders of these messages; a message that names a conversation has none. */
  Set<String> senders() {
    return newest().stream().flatMap(item -> item.sender().stream()).collect(Collectors.toSet());
  }

  /** Whether none of these messages is kept in the inbox. */
  boolean areAllUnkept() {
    return newest().stream().allMatch(item -> item.entry().isEmpty());
  }

  /** Whether there are messages, and all of their callers have waited less than this time. */
  boolean areYoungerThan(Duration time) {
    return !pending.isEmpty() && copies().allMatch(item -> item.age().compareTo(time) < 0);
  }

  /** Returns when the oldest message came, in epoch milliseconds; the end of time without one. */
  long oldest() {
    return newest().stream().mapToLong(item -> item.receivedAt).min().orElse(Long.MAX_VALUE);
  }

  /**
   * Returns the kept messages that are missing from the inbox: another replica has appended them,
   * or an operator has dropped them.
   *
   * @param backlog what the inbox has for this conversation; a backlog of the largest size may be
   *     cut off, and proves nothing
   */
  List<LaneItem> vanished(Collection<InboxEntry> backlog) {
    if (backlog.size() >= MOST_AT_ONCE) {
      return List.of();
    }
    Set<String> present = backlog.stream().map(entry -> entry.id).collect(Collectors.toSet());
    return newest().stream()
        .filter(item -> item.entry().filter(entry -> !present.contains(entry.id)).isPresent())
        .toList();
  }

  /** Ends a vanished message by what the inbox says of it. */
  void finishVanished(String messageId, Inbox.Outcome outcome) {
    if (outcome instanceof Inbox.Outcome.StillThere) {
      // It was put into the inbox after the inbox was read.
      return;
    }
    List<LaneItem> same = removed(messageId);
    if (outcome instanceof Inbox.Outcome.Stands stands) {
      same.forEach(item -> item.done(new Appended.Before(stands.message())));
    } else {
      same.forEach(item -> item.failed(ProblemException.of(410, "The message was dropped")));
    }
  }

  /** Ends an appended message: one of its copies was the message, the others were repeats. */
  void finish(Appended appended) {
    boolean first = true;
    for (LaneItem item : removed(appended.message().messageId)) {
      item.done(first ? appended : new Appended.Before(appended.message()));
      first = false;
    }
  }

  private List<LaneItem> removed(String messageId) {
    List<LaneItem> same = pending.remove(messageId);
    return same == null ? List.of() : same;
  }

  /** Tells the callers of these messages that the messages wait for their files. */
  void haveToWait(Set<String> messageIds) {
    messageIds.forEach(id -> pending.getOrDefault(id, List.of()).forEach(LaneItem::hasToWait));
  }

  /** Tells the callers that the messages wait for an answer of LibreChat. */
  void haveToWait() {
    copies().forEach(LaneItem::hasToWait);
  }

  /**
   * Leaves messages to the replica that holds the lease: it finds in the inbox what is kept there.
   * A message waits here long enough to see whether that replica is alive, and to take over if not.
   *
   * @param longest how long a message waits; one that is not kept in the inbox waits on
   */
  void leaveToHolder(Duration longest) {
    pending
        .values()
        .removeIf(
            same -> {
              boolean leave =
                  same.stream()
                      .allMatch(
                          item -> item.entry().isPresent() && item.age().compareTo(longest) > 0);
              if (leave) {
                same.forEach(item -> item.failed(new TimeoutException()));
              }
              return leave;
            });
  }

  /** Ends all pending messages with this failure. */
  void fail(Throwable failure) {
    copies().forEach(item -> item.failed(failure));
    pending.clear();
  }

  /** Ends all messages with this failure, also those that were not admitted. */
  void failAll(Throwable failure) {
    do {
      admit();
      fail(failure);
    } while (hasArrivals());
  }

  private Stream<LaneItem> copies() {
    return pending.values().stream().flatMap(List::stream);
  }
}
