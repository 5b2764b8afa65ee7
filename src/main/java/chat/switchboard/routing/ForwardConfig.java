package chat.switchboard.routing;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Forwarding of messages in LibreChat to the phones of the conversation. */
@ConfigMapping(prefix = "switchboard")
public interface ForwardConfig {

  /**
   * Whether the owner's messages in a conversation with people on phones are sent to their phones.
   * A mapping's own {@code forwardOwner} has priority, then the setting of the service number.
   */
  @WithDefault("false")
  boolean forwardOwner();

  /**
   * Whether the agent's answers to the owner are also sent to the phones, if the owner's messages
   * are sent. The agent's answer to a text always goes to the phone of that text.
   */
  @WithDefault("false")
  boolean forwardAgent();
}
