package chat.switchboard.librechat;

import java.util.Optional;
import java.util.UUID;

/**
 * A conversation that is to be opened.
 *
 * @param conversationId the same for every try to open the same conversation
 * @param title shown in the sidebar
 * @param settings what it is to have instead of the configured endpoint, model and agent
 */
public record NewConversation(UUID conversationId, String title, Settings settings) {

  /** A conversation as configured for all. */
  public NewConversation(UUID conversationId, String title) {
    this(conversationId, title, Settings.NONE);
  }

  /** Endpoint, model and agent, as far as they are chosen. */
  public record Settings(
      Optional<String> endpoint, Optional<String> model, Optional<String> agentId) {

    static final Settings NONE = new Settings(Optional.empty(), Optional.empty(), Optional.empty());
  }
}
