package chat.switchboard.mcp;

import java.util.Optional;
import java.util.UUID;

/**
 * The LibreChat user of a tool call.
 *
 * @param id the hexadecimal form of {@code users._id}
 * @param conversation the conversation of the call, which is the user's; empty if LibreChat has not
 *     saved the conversation yet, or sent none
 */
record McpUser(String id, Optional<UUID> conversation) {

  /** Returns the conversation, or refuses the call. */
  UUID requireConversation() {
    return conversation.orElseThrow(
        () ->
            new ToolRefusal(
                "This conversation is not known yet: LibreChat saves a new conversation after its"
                    + " first answer. Tell the user to send one more message and call the tool then."
                    + " If that does not help, the administrator must set the header "
                    + CallerIdentity.CONVERSATION
                    + " to {{LIBRECHAT_BODY_CONVERSATIONID}} for this server in librechat.yaml."));
  }
}
