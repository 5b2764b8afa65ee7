package chat.switchboard.stream;

import chat.switchboard.feed.SeenMessages;
import java.util.function.Predicate;
import org.bson.types.ObjectId;

/** Decides which messages this process announced before a client was at a place of its stream. */
final class AnnouncedBefore {

  private AnnouncedBefore() {}

  /**
   * @param own whether this process issued the id of the place; another process announced the
   *     messages in another order, so that only the message of the place itself is known
   */
  static Predicate<ObjectId> place(SeenMessages seen, EventId place, boolean own) {
    if (!own) {
      return place.message()::equals;
    }
    if (place.isMoment()) {
      return id -> {
        SeenMessages.Place found = seen.find(id);
        return found != null && found.at() < place.at();
      };
    }
    SeenMessages.Place last = seen.find(place.message());
    if (last == null) {
      // This process announced the message long ago: the order is forgotten.
      return place.message()::equals;
    }
    return id -> {
      SeenMessages.Place found = seen.find(id);
      return found != null && found.number() <= last.number();
    };
  }
}
