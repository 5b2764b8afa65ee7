package chat.switchboard.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;

/**
 * Lets a sender go that does not come to the end of its body: who sends a byte now and then would
 * otherwise hold a connection for ever, since a connection that is not silent is not idle.
 */
@ApplicationScoped
class BodyDeadline {

  /** 256 KiB come over a slow telephone in less; Twilio itself gives up after 15 s. */
  private static final long PATIENCE_MILLIS = 20_000;

  /** Just before the body is read (http.BodyLimit). */
  private static final int ORDER = 99;

  private final Vertx vertx;

  BodyDeadline(Vertx vertx) {
    this.vertx = vertx;
  }

  void mount(@Observes Router router) {
    // A stream's request has no body, and may be held back as long as the stream lasts.
    for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH)) {
      router.route(method, "/api/*").order(ORDER).handler(this::watch);
    }
  }

  private void watch(RoutingContext request) {
    if (!request.request().isEnded()) {
      long timer =
          vertx.setTimer(
              PATIENCE_MILLIS,
              late -> {
                if (!request.request().isEnded()) {
                  // Nothing is sent any more; the status is for the access log.
                  request.response().setStatusCode(408);
                  // The one stream of HTTP/2, or the whole connection of HTTP/1.
                  request.response().reset();
                }
              });
      request.addEndHandler(ended -> vertx.cancelTimer(timer));
    }
    request.next();
  }
}
