package chat.switchboard.stream;

import chat.switchboard.feed.SeenMessages;
import java.util.function.Predicate;
import org.bson.types.ObjectId;

/** Decides which messages this process announced before a client was at a place of its stream. */
final class AnnouncedBefore {

  private AnnouncedBefore() {}

  static Predicate<ObjectId> place(SeenMessages seen, EventId place) {
    if (place.isMoment()) {
      return id -> {
        SeenMessages.Place found = seen.find(id);
        return found != null && found.at() < place.at();
      };
    }
    SeenMessages.Place last = seen.find(place.message());
    if (last == null) {
      // Another process announced the message, or this process did long ago: the order is unknown.
      return place.message()::equals;
    }
    return id -> {
      SeenMessages.Place found = seen.find(id);
      return found != null && found.number() <= last.number();
    };
  }
}
