package chat.switchboard.api;

import chat.switchboard.http.KeyCheck;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;

/** Looks for a valid API key before a large body is read. */
@ApplicationScoped
class BodyKeyCheck implements KeyCheck {

  private final ApiKeys keys;

  BodyKeyCheck(ApiKeys keys) {
    this.keys = keys;
  }

  @Override
  public boolean hasKey(HttpServerRequest request) {
    return keys.of(request)
        .filter(key -> DoorScopes.permits(key, MessagesDoor.class, Scope.INJECT))
        .isPresent();
  }
}
