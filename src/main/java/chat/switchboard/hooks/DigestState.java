package chat.switchboard.hooks;

/** The state of a digest. */
enum DigestState {
  /** Takes deliveries. */
  OPEN,
  /** Takes no more deliveries; its message is being written. */
  CLOSED,
  /** Its message is written, or failed for good. */
  DONE
}
