package chat.switchboard.stream;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.bson.types.ObjectId;

/**
 * What this process has announced lately, in that order. A message reaches it on several ways (the
 * lane that appended it, the feed, and again the feed), and is announced on the first.
 */
@ApplicationScoped
class RecentAnnouncements {

  /** More than come in while the feed looks back, on any machine that this was measured on. */
  private static final int REMEMBERED = 16_384;

  private record Announced(long number, long at) {}

  private final Map<ObjectId, Announced> entries =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectId, Announced> eldest) {
          return size() > REMEMBERED;
        }
      };

  private long count;

  /**
   * Takes note of a message.
   *
   * @param now in milliseconds
   * @return whether it is the first time
   */
  synchronized boolean add(ObjectId id, long now) {
    return entries.putIfAbsent(id, new Announced(count++, now)) == null;
  }

  synchronized boolean contains(ObjectId id) {
    return entries.containsKey(id);
  }

  /** Which messages were announced before a client was at this place, as far as is known here. */
  synchronized Predicate<ObjectId> before(EventId place) {
    if (place.isMoment()) {
      return id -> {
        Announced entry = find(id);
        return entry != null && entry.at() < place.at();
      };
    }
    Announced last = entries.get(place.message());
    if (last == null) {
      // It was told by another process, or long ago: nothing is known of the order.
      return place.message()::equals;
    }
    return id -> {
      Announced entry = find(id);
      return entry != null && entry.number() <= last.number();
    };
  }

  private synchronized Announced find(ObjectId id) {
    return entries.get(id);
  }
}
