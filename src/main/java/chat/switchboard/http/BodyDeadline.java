package chat.switchboard.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Resets the connection of a sender that does not complete its body in time: a sender of a byte now
 * and then would otherwise hold a connection for ever, since the idle timeout only ends silent
 * connections.
 */
@ApplicationScoped
class BodyDeadline {

  /** A slow mobile connection sends 256 KiB in less; Twilio itself times out after 15 s. */
  private static final long PATIENCE_MILLIS = 20_000;

  /** Just before the body is read (http.BodyLimit). */
  private static final int ORDER = 99;

  private final Vertx vertx;

  BodyDeadline(Vertx vertx) {
    this.vertx = vertx;
  }

  void mount(@Observes Router router) {
    // The request of a stream has no body, and may stay paused for as long as the stream lasts.
    for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH)) {
      router.route(method, "/api/*").order(ORDER).handler(this::watch);
    }
    router
        .route(HttpMethod.POST, BodyLimit.MCP)
        .order(BodyLimit.MCP_ORDER - 1)
        .handler(this::watch);
  }

  private void watch(RoutingContext request) {
    if (!request.request().isEnded()) {
      long timer =
          vertx.setTimer(
              PATIENCE_MILLIS,
              late -> {
                if (!request.request().isEnded()) {
                  // No response is sent; the status is for the access log.
                  request.response().setStatusCode(408);
                  // Resets the HTTP/2 stream, or closes the HTTP/1 connection.
                  request.response().reset();
                }
              });
      request.addEndHandler(ended -> vertx.cancelTimer(timer));
    }
    request.next();
  }
}
