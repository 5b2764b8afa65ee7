package chat.switchboard.phone;

import java.util.Optional;

/** The settings of one service number; a setting that is absent is as for all numbers. */
public interface ServiceNumberConfig {

  /** The LibreChat user who owns the conversations opened by texts to this number. */
  Optional<String> owner();

  /** LibreChat's endpoint for them. */
  Optional<String> endpoint();

  /** The model. */
  Optional<String> model();

  /** The agent, where the endpoint is {@code agents}. */
  Optional<String> agentId();

  /** The title; see {@code switchboard.conversation.title}. */
  Optional<String> title();

  /** What happens to people who are not known yet. */
  Optional<Strangers> strangers();

  /**
   * Whether LibreChat's agent is to answer texts to this number; see {@code
   * switchboard.replies.auto}.
   */
  Optional<Boolean> autoReply();

  /** Whether what the owner types is sent to the phones that write to this number. */
  Optional<Boolean> forwardOwner();
}
