package chat.switchboard.librechat;

import java.util.Optional;

/**
 * The end of a conversation.
 *
 * @param parent the last finished message on the branch that the page shows
 * @param newest the newest message of all, also an unfinished one
 */
public record Tail(Optional<Turn> parent, Optional<Turn> newest) {}
