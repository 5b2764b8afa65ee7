package chat.switchboard.address;

import java.util.Optional;

/** The settings of one service number; for a missing setting the value for all numbers holds. */
public interface ServiceNumberConfig {

  /** The LibreChat user who owns the conversations that texts to this number open. */
  Optional<String> owner();

  /** LibreChat's endpoint for these conversations. */
  Optional<String> endpoint();

  /** The model of these conversations. */
  Optional<String> model();

  /** The agent of these conversations, for the endpoint {@code agents}. */
  Optional<String> agentId();

  /** The title of these conversations; see {@code switchboard.conversation.title}. */
  Optional<String> title();

  /** How messages from unknown people are handled; see {@code switchboard.strangers}. */
  Optional<Strangers> strangers();

  /**
   * Whether LibreChat's agent answers texts to this number; see {@code switchboard.replies.auto}.
   */
  Optional<Boolean> autoReply();

  /**
   * Whether the owner's messages are sent to the phones that write to this number; see {@code
   * switchboard.forward-owner}.
   */
  Optional<Boolean> forwardOwner();

  /**
   * Whether this number can send MMS; default: whether its country is in {@code
   * switchboard.mms.countries}.
   */
  Optional<Boolean> mms();
}
