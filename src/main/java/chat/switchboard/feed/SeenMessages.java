package chat.switchboard.feed;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.types.ObjectId;

/**
 * The messages that this process has seen lately, in that order. A message reaches the process on
 * several ways (the lane that appended the message, the feed, and again the feed); the first way
 * announces the message.
 */
@ApplicationScoped
public class SeenMessages {

  /** More than come in while the feed looks back, on any machine that this was measured on. */
  private static final int REMEMBERED = 16_384;

  /**
   * The place of a message in the order of the messages here.
   *
   * @param number counts the messages of this process
   * @param at the time of the addition, in milliseconds
   */
  public record Place(long number, long at) {}

  private final Map<ObjectId, Place> entries =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ObjectId, Place> eldest) {
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
  public synchronized boolean add(ObjectId id, long now) {
    return entries.putIfAbsent(id, new Place(count++, now)) == null;
  }

  public synchronized boolean contains(ObjectId id) {
    return entries.containsKey(id);
  }

  /** Returns the place of a message; null for an unknown message. */
  public synchronized Place find(ObjectId id) {
    return entries.get(id);
  }
}
