package chat.switchboard.inbound;

/**
 * The conversation of a message was deleted since the read, or takes no messages now: the message
 * is routed again.
 */
final class ConversationChanged extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConversationChanged() {
    super("The conversation was deleted, or takes no messages now", null, false, false);
  }
}
