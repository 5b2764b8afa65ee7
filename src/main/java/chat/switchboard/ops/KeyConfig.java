package chat.switchboard.ops;

import java.util.List;
import java.util.Optional;

/** A key of an API caller that may do less than {@code INTERNAL_API_KEY}. */
public interface KeyConfig {

  /** The key, of at least 32 characters; by reference to a variable. This or its SHA-256. */
  Optional<String> secret();

  /**
   * The SHA-256 of the key in hexadecimal digits, so that the configuration contains no secret:
   * {@code printf %s "$KEY" | sha256sum}.
   */
  Optional<String> secretSha256();

  /**
   * What the key permits: {@code inject} (messages), {@code send} (texts), {@code read} (lists and
   * states), {@code operate} (everything else), {@code mcp}. Required.
   */
  Optional<List<String>> scopes();

  /** When the key ends, such as {@code 2027-01-31T00:00:00Z}. Default: never. */
  Optional<String> expires();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) whom the key is limited to; only hooks
   * and the MCP server know this limit, and every other address refuses the key. Default: all
   * users.
   */
  Optional<String> owner();
}
