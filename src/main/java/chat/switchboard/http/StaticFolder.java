package chat.switchboard.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** Serves files for browsers below one address. */
public final class StaticFolder {

  /** Before Swagger UI, which dev mode and the tests serve at the address of the API page. */
  private static final int ORDER = -1;

  private StaticFolder() {}

  /**
   * Answers GET and HEAD for each file, and redirects the address without its slash.
   *
   * @param address without a slash at the end
   * @param files names below the address ("" is the address itself), with their resources
   */
  public static void mount(Router router, String address, Map<String, String> files) {
    files.forEach(
        (name, resource) -> serve(router, address + "/" + name, StaticFile.read(resource)::answer));
    // Relative, because a proxy may serve the folder under another path.
    String folder = address.substring(address.lastIndexOf('/') + 1) + "/";
    serve(
        router,
        address,
        request ->
            request.response().setStatusCode(308).putHeader(HttpHeaders.LOCATION, folder).end());
  }

  private static void serve(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).order(ORDER).handler(handler);
  }
}
