package chat.switchboard.inbound;

import chat.switchboard.librechat.Message;
import chat.switchboard.routing.Route.MappingUsed;
import java.util.Optional;

/** What became of a message. */
public sealed interface Receipt {

  /**
   * It stands in the conversation.
   *
   * @param replayed whether it had come before, so that nothing was done now
   */
  record Stored(Message message, Optional<MappingUsed> mapping, boolean replayed)
      implements Receipt {}

  /** It is kept in the inbox, and will be appended from there. */
  record Kept(InboxEntry entry) implements Receipt {}

  /** Too much is under way here; nothing was stored. */
  record Busy() implements Receipt {}

  /** The same key came before, with another content. */
  record Conflict() implements Receipt {}

  /** It had come before and has since been deleted from the conversation. */
  record Gone() implements Receipt {}

  /** There is no such conversation. */
  record NoConversation() implements Receipt {}

  /** There is nobody to open a conversation for. */
  record NoOwner() implements Receipt {}
}
