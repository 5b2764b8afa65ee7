package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The log. */
@ConfigMapping(prefix = "switchboard.log")
public interface LogConfig {

  /**
   * Whether the access log has a line for each request: the client's address, the method, the
   * template of the path (such as {@code /api/people/{phoneNumber}}), the status and the number of
   * bytes. The line never contains the query, a phone number or a token. Default: true.
   */
  @WithDefault("true")
  boolean access();

  /** Whether each line of the log is a JSON object, for log collectors. */
  @WithDefault("false")
  boolean json();
}
