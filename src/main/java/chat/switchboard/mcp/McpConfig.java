package chat.switchboard.mcp;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The MCP server, whose tools agents in LibreChat use. */
@ConfigMapping(prefix = "switchboard.mcp")
public interface McpConfig {

  /**
   * Whether the MCP server is on. Every request needs a key with the scope {@code mcp}, or {@code
   * INTERNAL_API_KEY}. If false, {@code /mcp} responds with 404.
   */
  @WithDefault("true")
  boolean enabled();

  /**
   * Whether {@code send_text} may text numbers that neither wrote to the user nor were mapped to a
   * conversation of the user. If true, a stranger whose text an agent reads can try to make the
   * agent text other strangers; the limits of the spend guard remain.
   */
  @WithDefault("false")
  boolean newNumbers();

  /**
   * The maximum number of tool calls of one user in a minute, in each process; further calls get a
   * tool error.
   */
  @WithDefault("60")
  int callsPerMinute();

  /**
   * The maximum number of tool calls that a process handles at the same time; further calls get a
   * tool error.
   */
  @WithDefault("64")
  int inFlight();

  /**
   * How long the same text of one user, to the same person, from the same conversation counts as a
   * repetition. A repetition is not sent, and the result of the tool says so.
   */
  @WithDefault("10m")
  Duration repeatWindow();
}
