package chat.switchboard.api;

import io.vertx.ext.web.RoutingContext;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The key of a request.
 *
 * @param name the name in the configuration
 * @param owner the LibreChat user whose things the key is limited to
 */
public record ApiKey(String name, Set<Scope> scopes, Optional<String> owner) {

  private static final String PROPERTY = "switchboard.api-key";

  /** One of {@code INTERNAL_API_KEY}, which may do everything. */
  static final ApiKey INTERNAL =
      new ApiKey("INTERNAL_API_KEY", EnumSet.allOf(Scope.class), Optional.empty());

  /** The key of this request. */
  public static ApiKey of(RoutingContext request) {
    ApiKey key = request.get(PROPERTY);
    if (key == null) {
      throw new IllegalStateException("The door does not require a key");
    }
    return key;
  }

  /** Whether the key may use the MCP server. */
  public boolean mayUseMcp() {
    return scopes.contains(Scope.MCP);
  }

  public void keepIn(RoutingContext request) {
    request.put(PROPERTY, this);
  }
}
