package chat.switchboard.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Serves every door with an API key also below {@code /switchboard/api/}. On LibreChat's host
 * {@code /api/*} belongs to LibreChat and {@code /switchboard/*} to Switchboard, so that the
 * operator's page and programs reach {@code /api/sms} there as {@code /switchboard/api/sms}. The
 * stream (a user's token) and Twilio's doors (a signature over the URL) have one address each and
 * no alias.
 */
@ApplicationScoped
class ApiAlias {

  /** The prefix of the aliases: {@code /switchboard/api/sms} is {@code /api/sms}. */
  static final String PREFIX = "/switchboard";

  private static final String API = "/api/";

  private static final String ALIASED = "switchboard.alias";

  /** Before every handler that uses the path, such as the deadline and the reader of the body. */
  private static final int ORDER = 1;

  void mount(@Observes Router router) {
    router.route(PREFIX + API + "*").order(ORDER).handler(ApiAlias::forward);
    // A separate route, because rerouting clears the handlers of the response.
    router.route(API + "*").order(ORDER).handler(ApiAlias::keepPrefix);
  }

  private static void forward(RoutingContext request) {
    String path = request.normalizedPath().substring(PREFIX.length());
    if (hasNoAlias(path)) {
      request.next();
    } else {
      // Rerouting replaces the whole address: without the query every list would return the first
      // page.
      String query = request.request().query();
      request.put(ALIASED, true).reroute(query == null ? path : path + '?' + query);
    }
  }

  private static boolean hasNoAlias(String path) {
    return path.startsWith("/api/twilio/") || path.startsWith("/api/messages/stream");
  }

  /** Whether the caller used the alias of an address. */
  static boolean isAliased(RoutingContext request) {
    return request.get(ALIASED) != null;
  }

  /** The address of a created resource must also lead to Switchboard and not to LibreChat. */
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
