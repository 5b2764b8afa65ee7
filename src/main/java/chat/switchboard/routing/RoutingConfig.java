package chat.switchboard.routing;

import chat.switchboard.phone.Strangers;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The choice of the conversation for a message from outside. */
@ConfigMapping(prefix = "switchboard")
public interface RoutingConfig {

  /**
   * What happens to a text for a conversation that the owner has archived, where LibreChat's
   * sidebar would not show the text: {@code unarchive} puts the conversation back into the sidebar,
   * {@code new} opens another one for the person. A message that an API caller sends to a
   * conversation's id always unarchives that conversation.
   */
  @WithDefault("unarchive")
  Archived archived();

  /**
   * What happens to people who are not known yet: {@code create} opens a conversation, {@code pair}
   * says that a code is needed and lets nothing in, {@code reject} lets nothing in and says
   * nothing.
   */
  @WithDefault("create")
  Strangers strangers();

  /** What happens to a text for an archived conversation. */
  enum Archived {
    UNARCHIVE,
    NEW
  }
}
