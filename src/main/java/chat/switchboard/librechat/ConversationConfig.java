package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The fields of a conversation that Switchboard opens. */
@ConfigMapping(prefix = "switchboard.conversation")
public interface ConversationConfig {

  /**
   * LibreChat's endpoint for a new conversation, such as {@code openAI} or {@code agents}. Default:
   * that of the owner's newest conversation, with its model or agent, so that the chat can be
   * continued at once.
   */
  Optional<String> endpoint();

  /**
   * For a custom endpoint of librechat.yaml: {@code custom}. Default: none, or that of the owner's
   * newest conversation where the endpoint is taken from there.
   */
  Optional<String> endpointType();

  /** The model of a new conversation. Default: see {@link #endpoint()}. */
  Optional<String> model();

  /** The agent of a new conversation, where the endpoint is {@code agents}. Default: none. */
  Optional<String> agentId();

  /**
   * The title of a new conversation. {@code {from}} becomes the sender's number with its middle
   * digits hidden, or the name that the caller gave, {@code {source}} where it came from.
   */
  @WithDefault("{source} {from}")
  String title();
}
