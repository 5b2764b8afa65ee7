package chat.switchboard.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The log. */
@ConfigMapping(prefix = "switchboard.log")
public interface LogConfig {

  /**
   * Whether each request has a line of the access log: the client's address, the method, the
   * template of the path (such as {@code /api/people/{phoneNumber}}), the status and the bytes.
   * Never the query, a number or a token. Default: true.
   */
  @WithDefault("true")
  boolean access();

  /** Whether each line is a JSON object, as log collectors want it. */
  @WithDefault("false")
  boolean json();
}
