package chat.switchboard.librechat;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The fields of a conversation that Switchboard opens. */
@ConfigMapping(prefix = "switchboard.conversation")
public interface ConversationConfig {

  /**
   * LibreChat's endpoint for a new conversation, such as {@code openAI} or {@code agents}. Default:
   * the endpoint of the owner's newest conversation, with its model or agent, so that the owner can
   * chat at once.
   */
  Optional<String> endpoint();

  /**
   * The type of the endpoint: {@code custom} for a custom endpoint of librechat.yaml. Default:
   * none, or the type of the owner's newest conversation if the endpoint comes from that
   * conversation.
   */
  Optional<String> endpointType();

  /** The model of a new conversation. Default: see {@code switchboard.conversation.endpoint}. */
  Optional<String> model();

  /** The agent of a new conversation with the endpoint {@code agents}. Default: none. */
  Optional<String> agentId();

  /**
   * The title of a new conversation. {@code {from}} becomes the sender's number with its middle
   * digits hidden, or the name that the caller gave; {@code {source}} becomes the source, such as
   * SMS.
   */
  @WithDefault("{source} {from}")
  String title();
}
