package chat.switchboard.librechat;

import java.util.Optional;
import java.util.UUID;

/**
 * A conversation to create.
 *
 * @param conversationId the same for every try to create the same conversation
 * @param title shown in the sidebar
 * @param settings values that replace the configured endpoint, model and agent
 */
public record NewConversation(UUID conversationId, String title, Settings settings) {

  /** Returns a conversation with the configured endpoint, model and agent. */
  public NewConversation(UUID conversationId, String title) {
    this(conversationId, title, Settings.NONE);
  }

  /** Endpoint, model and agent; each optional. */
  public record Settings(
      Optional<String> endpoint, Optional<String> model, Optional<String> agentId) {

    static final Settings NONE = new Settings(Optional.empty(), Optional.empty(), Optional.empty());
  }
}
