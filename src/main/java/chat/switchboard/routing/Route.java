package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import java.util.Optional;

/** The destination of a message. */
public sealed interface Route {

  /**
   * The message goes into this conversation.
   *
   * @param text the text behind the code, if the text begins with a code
   * @param sender the name to show instead, if the person has a label
   * @param notice what the person is told by text message
   * @param reply whether LibreChat's agent answers; empty for the setting of the service number
   */
  record Into(
      Conversation conversation,
      Optional<MappingUsed> mapping,
      Optional<String> text,
      Optional<String> sender,
      Optional<String> notice,
      Optional<Boolean> reply)
      implements Route {

    /** Returns a route into this conversation, with the text unchanged. */
    public Into(Conversation conversation, Optional<MappingUsed> mapping) {
      this(
          conversation,
          mapping,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    Into withText(String other) {
      return new Into(conversation, mapping, Optional.of(other), sender, notice, reply);
    }

    Into withNotice(Optional<String> other) {
      return new Into(conversation, mapping, text, sender, other, reply);
    }

    Into withReply(boolean wanted) {
      return new Into(conversation, mapping, text, sender, notice, Optional.of(wanted));
    }
  }

  /** The message was a code alone: the person is linked, and no message is appended. */
  record Linked(MappingUsed mapping, Optional<String> notice) implements Route {}

  /**
   * The message goes into no conversation.
   *
   * @param notice what the person is told by text message
   */
  record Refused(Reason reason, Optional<String> notice) implements Route {

    /** Returns a refusal without a notice to the person. */
    public Refused(Reason reason) {
      this(reason, Optional.empty());
    }
  }

  /** The reasons for which a message goes into no conversation. */
  enum Reason {
    /** There is no such conversation, and no owner to open one for. */
    NO_CONVERSATION,
    /** LibreChat takes no messages for that conversation. */
    READ_ONLY,
    /** No owner is configured, or LibreChat does not have that user. */
    NO_OWNER,
    /** The person has no mapping, and strangers are refused here. */
    STRANGER,
    /** A program showed a code that is unknown or has expired. */
    WRONG_CODE,
    /** Too many wrong codes were shown for this person. */
    TOO_MANY_CODES
  }

  /**
   * The mapping that led to the conversation.
   *
   * @param created whether this message created the mapping
   */
  record MappingUsed(String id, String conversationId, boolean created) {}
}
