package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import java.util.Optional;

/** Where a message goes. */
public sealed interface Route {

  /**
   * Into this conversation.
   *
   * @param text what is left of the text, where a code stood before it
   * @param sender the name to show instead, where the person has a label
   * @param notice what the person is told by text message
   */
  record Into(
      Conversation conversation,
      Optional<MappingUsed> mapping,
      Optional<String> text,
      Optional<String> sender,
      Optional<String> notice)
      implements Route {

    /** Into this conversation, as it is. */
    public Into(Conversation conversation, Optional<MappingUsed> mapping) {
      this(conversation, mapping, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** Nowhere, and all is well: it was a code and nothing else. */
  record Linked(MappingUsed mapping, Optional<String> notice) implements Route {}

  /** Nowhere: there is no such conversation, and nobody to open one for. */
  record NoConversation() implements Route {}

  /** Nowhere: LibreChat lets nobody write into that conversation. */
  record ReadOnly() implements Route {}

  /** Nowhere: no owner is configured, or LibreChat does not know that user. */
  record NoOwner() implements Route {}

  /** Nowhere: strangers are not let in here, and may be told how they can be. */
  record Stranger(Optional<String> notice) implements Route {}

  /** Nowhere: a program showed a code that is unknown or has expired. */
  record WrongCode() implements Route {}

  /** Nowhere: too many wrong codes were shown for this person. */
  record TooManyCodes() implements Route {}

  /**
   * The mapping that led there.
   *
   * @param created whether this message made it
   */
  record MappingUsed(String id, String conversationId, boolean created) {}
}
