package chat.switchboard.ops;

import java.util.List;
import java.util.Optional;

/** A key of an API caller that may do less than {@code INTERNAL_API_KEY}. */
public interface KeyConfig {

  /**
   * The key, of at least 32 characters; by reference to a variable, such as {@code ${CI_KEY}}. A
   * key has either this setting or {@code secret-sha256}.
   */
  Optional<String> secret();

  /**
   * The SHA-256 of the key in 64 hexadecimal digits, so that the configuration contains no secret:
   * {@code printf %s "$KEY" | sha256sum}.
   */
  Optional<String> secretSha256();

  /**
   * The scopes, separated by commas: {@code inject} (add messages), {@code send} (send texts),
   * {@code read} (lists and states), {@code operate} (everything else), {@code mcp} (the tools of
   * the MCP server). Required.
   */
  Optional<List<String>> scopes();

  /** When the key expires, such as {@code 2027-01-31T00:00:00Z}. Default: never. */
  Optional<String> expires();

  /**
   * The LibreChat user (e-mail address or hexadecimal id) to whom the key is limited. Such a key
   * works only for the user's hooks and for the MCP server; every other address refuses the key
   * with 403. Default: none, so the key is valid for all users.
   */
  Optional<String> owner();
}
