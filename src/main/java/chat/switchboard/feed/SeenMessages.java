package chat.switchboard.feed;

import chat.switchboard.ops.FifoMap;
import jakarta.inject.Singleton;
import java.util.Map;
import org.bson.types.ObjectId;

/**
 * The messages that this process has seen recently, in the order of their arrival. The process can
 * see a message several times (in the lane that appends the message, and repeatedly in the feed);
 * the first time announces the message.
 */
@Singleton
public class SeenMessages {

  /**
   * More messages than arrived during a re-read of the feed, on every machine that was measured.
   */
  private static final int REMEMBERED = 16_384;

  /**
   * The place of a message in the order of the messages here.
   *
   * @param number counts the messages of this process
   * @param at the time of the addition, in milliseconds
   */
  public record Place(long number, long at) {}

  /** By arrival: a message that replays read often is not older or newer for that. */
  private final Map<ObjectId, Place> entries = new FifoMap<>(REMEMBERED);

  private long count;

  /**
   * Adds a message.
   *
   * @param now in milliseconds
   * @return whether the message is new
   */
  public synchronized boolean add(ObjectId id, long now) {
    return entries.putIfAbsent(id, new Place(count++, now)) == null;
  }

  /** Returns how many messages this process has seen: the number of the next message. */
  public synchronized long count() {
    return count;
  }

  public synchronized boolean contains(ObjectId id) {
    return entries.containsKey(id);
  }

  /** Returns the place of a message; null for an unknown message. */
  public synchronized Place find(ObjectId id) {
    return entries.get(id);
  }
}
