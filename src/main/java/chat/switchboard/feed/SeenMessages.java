package chat.switchboard.feed;

import chat.switchboard.ops.FifoMap;
import jakarta.inject.Singleton;
import java.util.Date;
import java.util.Map;
import org.bson.types.ObjectId;

/**
 * The messages that this process has seen recently, in the order of their arrival. The process can
 * see a message several times (in the lane that appends the message, and repeatedly in the feed);
 * the first time announces the message. If an election rolls a message back, and the message is
 * written again, the message has the same id and a later date, and counts as new.
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
   * @param date the date of the message, in milliseconds
   */
  public record Place(long number, long at, long date) {}

  /** By arrival: a message that replays read often is not older or newer for that. */
  private final Map<ObjectId, Place> entries = new FifoMap<>(REMEMBERED);

  private long count;

  /**
   * Adds a message.
   *
   * @param date the first date of the message; null for a mark of the feed
   * @param now in milliseconds
   * @return whether the message is new
   */
  public synchronized boolean add(ObjectId id, Date date, long now) {
    if (contains(id, date)) {
      return false;
    }
    // Removed first: a message that is written again has a later place.
    entries.remove(id);
    entries.put(id, new Place(count++, now, millis(date)));
    return true;
  }

  /** Returns how many messages this process has seen: the number of the next message. */
  public synchronized long count() {
    return count;
  }

  /** Whether this process has seen the message with this date or a later one. */
  public synchronized boolean contains(ObjectId id, Date date) {
    Place found = entries.get(id);
    return found != null && found.date() >= millis(date);
  }

  private static long millis(Date date) {
    return date == null ? 0 : date.getTime();
  }

  /** Returns the place of a message; null for an unknown message. */
  public synchronized Place find(ObjectId id) {
    return entries.get(id);
  }
}
