package chat.switchboard.inbound;

/** A remembered conversation is deleted, or takes no messages now: the message is routed again. */
final class ConversationChanged extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ConversationChanged() {
    super("The conversation has changed since an earlier message", null, false, false);
  }
}
