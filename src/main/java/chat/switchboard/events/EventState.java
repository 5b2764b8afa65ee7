package chat.switchboard.events;

/** How far an event has come. */
enum EventState {
  /** The event waits for its next attempt. */
  PENDING,
  /** The receiver has answered 2xx. */
  DELIVERED,
  /** All attempts failed. */
  FAILED,
  /** The receiver was switched off. */
  DROPPED
}
