package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import java.util.Optional;

/** The state of a mapping that a message may follow. */
enum MappingState {
  /** Not read yet. */
  UNREAD,
  /** There is no such mapping. */
  NONE,
  /** The conversation takes messages. */
  OPEN,
  /** The conversation takes messages, but its owner archived it. */
  ARCHIVED,
  /** The conversation is not opened yet: another process is about to, or stopped before it did. */
  UNOPENED,
  /** The conversation was deleted, became read-only, or has no owner any more. */
  LOST;

  /**
   * Returns the state that follows from LibreChat's documents.
   *
   * @param opened whether the conversation was opened once, so that a missing one is a deleted one
   */
  static MappingState of(Optional<Conversation> conversation, boolean hasOwner, boolean opened) {
    Optional<Conversation> writable = conversation.filter(found -> !found.readOnly());
    if (hasOwner && writable.isPresent()) {
      return writable.get().putAway() ? ARCHIVED : OPEN;
    }
    return hasOwner && !opened ? UNOPENED : LOST;
  }

  /** Whether the conversation takes messages. */
  boolean isWritable() {
    return this == OPEN || this == ARCHIVED;
  }
}
