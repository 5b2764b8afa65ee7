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
   * @param notice what the person is to be told by text message
   */
  record Stored(
      Message message, Optional<MappingUsed> mapping, boolean replayed, Optional<String> notice)
      implements Receipt {}

  /** It is kept in the inbox, and will be appended from there. */
  record Kept(InboxEntry entry, Optional<String> notice) implements Receipt {
    Kept(InboxEntry entry) {
      this(entry, Optional.empty());
    }
  }

  /** It was a code and nothing else: the person is linked, and there is nothing to append. */
  record Linked(Optional<String> notice) implements Receipt {}

  /** Strangers are not let in; nothing was stored. */
  record Stranger(Optional<String> notice) implements Receipt {}

  /** The code that a program showed is unknown or has expired; nothing was stored. */
  record WrongCode() implements Receipt {}

  /** Too many wrong codes were shown for this person; nothing was stored. */
  record TooManyCodes() implements Receipt {}

  /** Too much is under way here; nothing was stored. */
  record Busy() implements Receipt {}

  /** The same key came before, with another content. */
  record Conflict() implements Receipt {}

  /** It had come before and has since been deleted from the conversation. */
  record Gone() implements Receipt {}

  /** There is no such conversation. */
  record NoConversation() implements Receipt {}

  /** LibreChat lets nobody write into that conversation. */
  record ReadOnly() implements Receipt {}

  /** There is nobody to open a conversation for. */
  record NoOwner() implements Receipt {}
}
