package chat.switchboard.feed;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;

/**
 * The messages that this process announced itself and that may have no entry in {@link FeedEntries}
 * yet. A client that connects after the announcement finds such a message here, and the later entry
 * is not announced again.
 */
@Singleton
public class OwnAnnouncements {

  /** Announcements without an entry, some 500 bytes each: 20 s of 1,000 messages a second. */
  private static final int MOST = 20_000;

  /**
   * After an announcement above {@link #MOST} the entries may be incomplete for this time: longer
   * than a reader needs to write an entry.
   */
  private static final Duration INCOMPLETE = Duration.ofMinutes(10);

  private final Clock clock;

  /** The lock of the following fields is this object. */
  private final Map<ObjectId, Waiting> waiting = new LinkedHashMap<>();

  private final Map<String, Map<ObjectId, FeedEntry>> byUser = new HashMap<>();
  private Instant incompleteUntil = Instant.MIN;
  private boolean followed;

  private record Waiting(FeedEntry entry, Instant since) {}

  OwnAnnouncements(Clock clock) {
    this.clock = clock;
  }

  /** Adds a message before its announcement. */
  public synchronized void add(FeedEntry entry) {
    if (waiting.size() >= MOST) {
      incompleteUntil = clock.instant().plus(INCOMPLETE);
      return;
    }
    if (waiting.putIfAbsent(entry.id(), new Waiting(entry, clock.instant())) == null) {
      byUser.computeIfAbsent(entry.user(), user -> new LinkedHashMap<>()).put(entry.id(), entry);
    }
  }

  /** The entries of these messages are stored. */
  synchronized void stored(Collection<ObjectId> ids) {
    for (ObjectId id : ids) {
      Waiting found = waiting.remove(id);
      if (found != null) {
        byUser.computeIfPresent(
            found.entry().user(),
            (user, entries) -> {
              entries.remove(id);
              return entries.isEmpty() ? null : entries;
            });
      }
    }
  }

  /** From now on the entries are written and followed. */
  synchronized void follow() {
    followed = true;
  }

  /**
   * Returns the messages of this user that may have no entry. Read these messages before the
   * entries: a message that is missing here has an entry by then.
   */
  public synchronized List<FeedEntry> of(String user) {
    return List.copyOf(byUser.getOrDefault(user, Map.of()).values());
  }

  /** Whether each message has an entry, or is known here. */
  public synchronized boolean isComplete() {
    return followed && clock.instant().isAfter(incompleteUntil);
  }

  /** Returns messages that have had no entry for this time. */
  synchronized List<FeedEntry> overdue(Duration time, int limit) {
    Instant before = clock.instant().minus(time);
    List<FeedEntry> overdue = new ArrayList<>();
    for (Waiting one : waiting.values()) {
      if (overdue.size() == limit || one.since().isAfter(before)) {
        break;
      }
      overdue.add(one.entry());
    }
    return overdue;
  }
}
