package chat.switchboard.routing;

import chat.switchboard.address.Strangers;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The choice of the conversation for a message from outside. */
@ConfigMapping(prefix = "switchboard")
public interface RoutingConfig {

  /**
   * How a text for an archived conversation, which LibreChat's sidebar does not show, is handled:
   * {@code unarchive} returns the conversation to the sidebar, {@code new} opens another
   * conversation for the person. A message that an API caller sends to a conversation's id always
   * unarchives that conversation.
   */
  @WithDefault("unarchive")
  Archived archived();

  /**
   * How messages from unknown people are handled: {@code create} opens a conversation; {@code pair}
   * refuses the message and replies that a code is needed; {@code reject} refuses the message
   * without a reply.
   */
  @WithDefault("create")
  Strangers strangers();

  /** How a text for an archived conversation is handled. */
  enum Archived {
    UNARCHIVE,
    NEW
  }
}
