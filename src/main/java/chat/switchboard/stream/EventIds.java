package chat.switchboard.stream;

import chat.switchboard.librechat.Message;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Issues the ids of the events of this process. */
@ApplicationScoped
class EventIds {

  /** New at each start: the order of the events is lost when a process ends. */
  private final String process = UUID.randomUUID().toString().substring(0, 8);

  /** Returns the id of the event of a message. */
  EventId of(Message message) {
    return new EventId(message.createdAt.getTime(), message.id, process);
  }

  /**
   * Returns the id of the event of a message that does not say which messages the client has heard
   * before: neither all that this process announced before the message, nor all until now.
   */
  EventId unordered(Message message) {
    return new EventId(message.createdAt.getTime(), message.id, "");
  }

  /** Returns the id of the place between events at a moment, in milliseconds of the epoch. */
  EventId at(long moment) {
    return EventId.at(moment, process);
  }

  /** Whether this process issued the id, and so knows which events it announced before. */
  boolean isOwn(EventId id) {
    return process.equals(id.process());
  }
}
