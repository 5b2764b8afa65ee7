package chat.switchboard.mcp;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The MCP server, whose tools agents in LibreChat use. */
@ConfigMapping(prefix = "switchboard.mcp")
public interface McpConfig {

  /**
   * Whether {@code /mcp} answers. The address needs a key with the scope {@code mcp}; without such
   * a key nobody can use the address, so it is on by default.
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

  /** Tool calls of one user in a minute at this process; further calls get a tool error. */
  @WithDefault("60")
  int callsPerMinute();

  /** Tool calls that this process handles at the same time; further calls get a tool error. */
  @WithDefault("64")
  int inFlight();

  /**
   * How long the same text of one user, to the same person, from the same conversation counts as a
   * repetition and is not sent twice; the result says so.
   */
  @WithDefault("10m")
  Duration repeatWindow();
}
