package chat.switchboard.librechat;

import java.util.UUID;

/**
 * A conversation that is to be opened.
 *
 * @param conversationId the same for every try to open the same conversation
 * @param title shown in the sidebar
 */
public record NewConversation(UUID conversationId, String title) {}
