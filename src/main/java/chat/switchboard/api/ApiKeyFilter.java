package chat.switchboard.api;

import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Accepts requests with one of the configured keys; every other request gets 401. */
@Provider
@ApiKeyRequired
class ApiKeyFilter implements ContainerRequestFilter {

  static final String HEADER = "X-Internal-API-Key";
  static final String ALIAS = "X-API-Key";

  private final ApiKeys keys;
  private final FailedAuthentications failures;
  private final CurrentVertxRequest current;

  ApiKeyFilter(ApiKeys keys, FailedAuthentications failures, CurrentVertxRequest current) {
    this.keys = keys;
    this.failures = failures;
    this.current = current;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String shown = request.getHeaderString(HEADER);
    if (shown == null) {
      shown = request.getHeaderString(ALIAS);
    }
    if (shown == null || !keys.contain(shown)) {
      throw failures.answer(
          "api",
          current.getCurrent().request().remoteAddress().hostAddress(),
          ProblemException.of(
              401, "A valid API key is required in the header X-Internal-API-Key (or X-API-Key)"));
    }
  }
}
