package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import java.util.Optional;

/** Where a message goes. */
public sealed interface Route {

  /** Into this conversation. */
  record Into(Conversation conversation, Optional<MappingUsed> mapping) implements Route {}

  /** Nowhere: there is no such conversation, and nobody to open one for. */
  record NoConversation() implements Route {}

  /** Nowhere: no owner is configured, or LibreChat does not know that user. */
  record NoOwner() implements Route {}

  /**
   * The mapping that led there.
   *
   * @param created whether this message made it
   */
  record MappingUsed(String id, String conversationId, boolean created) {}
}
