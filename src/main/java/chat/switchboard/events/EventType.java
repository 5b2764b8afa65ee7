package chat.switchboard.events;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of events, with their names in the payload and in the settings. */
enum EventType {
  /** A message from outside is in its conversation. */
  MESSAGE_RECEIVED("message.received"),
  /** LibreChat's agent has answered a message from outside. */
  MESSAGE_ANSWERED("message.answered"),
  /** A text is on the phone. */
  TEXT_DELIVERED("text.delivered"),
  /** A text does not arrive. */
  TEXT_FAILED("text.failed"),
  /** A person wants no more texts. */
  PERSON_OPTED_OUT("person.opted_out");

  private final String wire;

  EventType(String wire) {
    this.wire = wire;
  }

  String wire() {
    return wire;
  }

  /** The kind with this name. */
  static Optional<EventType> named(String wire) {
    return Arrays.stream(values()).filter(type -> type.wire.equals(wire)).findFirst();
  }
}
