package chat.switchboard.routing;

import chat.switchboard.librechat.Conversation;
import chat.switchboard.librechat.User;
import java.util.Optional;

/**
 * A mapping that a message may follow, with what LibreChat has for it.
 *
 * @param conversation the mapping's conversation, if it exists
 * @param owner the conversation's owner, if LibreChat has that user
 */
record Candidate(Mapping mapping, Optional<Conversation> conversation, Optional<User> owner) {

  MappingState state() {
    return MappingState.of(conversation, owner.isPresent(), Boolean.TRUE.equals(mapping.opened));
  }
}
