package chat.switchboard.hooks;

/** The state of a delivery. */
enum DeliveryState {
  /** Kept, not yet in a conversation. */
  ACCEPTED,
  /** Waits for the end of its digest. */
  COLLECTED,
  /** Is in a conversation. */
  APPENDED,
  /** Is not for the chat: a condition does not hold, or the text is blank. */
  SKIPPED,
  /** Failed for good: the reason names the line and the column of the template. */
  FAILED
}
