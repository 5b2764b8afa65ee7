package chat.switchboard.librechat;

import java.util.Optional;

/**
 * The end of a conversation.
 *
 * @param parent the last message on the branch that the page shows, also a partly stored answer
 * @param newest the newest message of all
 */
public record ThreadEnd(Optional<ThreadNode> parent, Optional<ThreadNode> newest) {}
