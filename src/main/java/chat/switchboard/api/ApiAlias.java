package chat.switchboard.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Serves every door with an API key below {@code /switchboard/api/} too. On LibreChat's host {@code
 * /api/*} belongs to LibreChat and {@code /switchboard/*} to Switchboard, so that the operator's
 * page and programs reach {@code /api/sms} there as {@code /switchboard/api/sms}. The stream (a
 * user's token) and Twilio's doors (a signature over the URL) have one address each and no alias.
 */
@ApplicationScoped
class ApiAlias {

  /** Where the aliases begin; {@code /switchboard/api/sms} is {@code /api/sms}. */
  static final String PREFIX = "/switchboard";

  private static final String API = "/api/";

  private static final String ALIASED = "switchboard.alias";

  /** Before every handler that looks at the path: the deadline and the reader of the body. */
  private static final int ORDER = 1;

  void mount(@Observes Router router) {
    router.route(PREFIX + API + "*").order(ORDER).handler(ApiAlias::forward);
    // A route of its own, since rerouting clears the handlers of the response.
    router.route(API + "*").order(ORDER).handler(ApiAlias::keepPrefix);
  }

  private static void forward(RoutingContext request) {
    String path = request.normalizedPath().substring(PREFIX.length());
    if (hasNoAlias(path)) {
      request.next();
    } else {
      // Rerouting replaces the whole address: without the query every list would be the first page.
      String query = request.request().query();
      request.put(ALIASED, true).reroute(query == null ? path : path + '?' + query);
    }
  }

  private static boolean hasNoAlias(String path) {
    return path.startsWith("/api/twilio/") || path.startsWith("/api/messages/stream");
  }

  /** The address of what was made must lead here too, and not to LibreChat. */
  private static void keepPrefix(RoutingContext request) {
    if (request.get(ALIASED) != null) {
      request.addHeadersEndHandler(
          sent -> {
            String location = request.response().headers().get(HttpHeaders.LOCATION);
            if (location != null && location.startsWith(API)) {
              request.response().putHeader(HttpHeaders.LOCATION, PREFIX + location);
            }
          });
    }
    request.next();
  }
}
