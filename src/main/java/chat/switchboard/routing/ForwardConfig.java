package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Forwarding of messages in LibreChat to the phones of the conversation. */
@ConfigMapping(prefix = "switchboard")
public interface ForwardConfig {

  /**
   * Whether what the owner types in LibreChat, in a conversation that people with a phone write
   * into, is sent to their phones. A mapping's own {@code forwardOwner} comes first, then the
   * number's.
   */
  @WithDefault("false")
  boolean forwardOwner();

  /**
   * Whether, where the owner's words are sent to the phones, the agent's answers to the owner are
   * sent as well. Its answers to a text go to the phone of that text in any case.
   */
  @WithDefault("false")
  boolean forwardAgent();
}
