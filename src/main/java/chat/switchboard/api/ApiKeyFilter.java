package chat.switchboard.api;

import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import org.jboss.resteasy.reactive.server.SimpleResourceInfo;

/**
 * Accepts requests with one of the configured keys, if the key permits the operation; every other
 * request gets 401 or 403.
 */
@Provider
@ApiKeyRequired
class ApiKeyFilter implements ContainerRequestFilter {

  static final String HEADER = "X-Internal-API-Key";
  static final String ALIAS = "X-API-Key";

  private final ApiKeys keys;
  private final FailedAuthentications failures;
  private final CurrentVertxRequest current;
  private final SimpleResourceInfo door;

  ApiKeyFilter(
      ApiKeys keys,
      FailedAuthentications failures,
      CurrentVertxRequest current,
      SimpleResourceInfo door) {
    this.keys = keys;
    this.failures = failures;
    this.current = current;
    this.door = door;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String shown = request.getHeaderString(HEADER);
    if (shown == null) {
      shown = request.getHeaderString(ALIAS);
    }
    RoutingContext exchange = current.getCurrent();
    Optional<ApiKey> key = shown == null ? Optional.empty() : keys.find(shown);
    if (key.isEmpty()) {
      throw failures.answer(
          "api",
          exchange.request().remoteAddress().hostAddress(),
          ProblemException.of(
              401, "A valid API key is required in the header X-Internal-API-Key (or X-API-Key)"));
    }
    check(
        key.get(),
        DoorScopes.needed(door.getResourceClass(), door.getMethodName(), request.getMethod()));
    key.get().keepIn(exchange);
  }

  private void check(ApiKey key, Scope needed) {
    if (!key.scopes().contains(needed)) {
      throw ProblemException.of(
          403, "The key " + key.name() + " does not have the scope " + needed.wire());
    }
    if (key.owner().isPresent() && !DoorScopes.knowsOwners(door.getResourceClass())) {
      throw ProblemException.of(
          403,
          "The key " + key.name() + " is limited to one user, and this address serves all users");
    }
  }
}
