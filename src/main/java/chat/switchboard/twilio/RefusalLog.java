package chat.switchboard.twilio;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.AsyncResult;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Logs and counts every response of Twilio's doors that is not a success, whichever code gave the
 * response: a 4xx is final for Twilio, and the text is lost. The class wraps the doors, and so also
 * counts requests that the server refuses before a door (a body that is too large, a wrong media
 * type).
 */
@ApplicationScoped
class RefusalLog {

  /**
   * Before all handlers that refuse requests: Quarkus's limit of a body (-2), methods (2),
   * Switchboard's limits (99, 100).
   */
  private static final int ORDER = -3;

  private static final String REASON = "switchboard.twilio.refusal";

  private static final Logger LOG = Logger.getLogger(RefusalLog.class);

  private final MeterRegistry meters;

  RefusalLog(MeterRegistry meters) {
    this.meters = meters;
  }

  void mount(@Observes Router router) {
    mount(router, WebhookDoor.PATH, "webhook");
    mount(router, StatusDoor.PATH, "status");
  }

  private void mount(Router router, String path, String door) {
    router
        .route(path)
        .order(ORDER)
        .handler(
            request -> {
              request.addEndHandler(end -> note(request, door, end));
              // The response is TwiML for every client, without a 406 for the client's preference.
              request.request().headers().set(HttpHeaders.ACCEPT, "*/*");
              request.next();
            });
  }

  /** Records why a request is about to be refused. The first reason counts. */
  static void because(RoutingContext request, RefusalReason reason) {
    if (request.get(REASON) == null) {
      request.put(REASON, reason);
    }
  }

  private void note(RoutingContext request, String door, AsyncResult<Void> end) {
    int status = request.response().getStatusCode();
    boolean answered = end.succeeded() && request.response().ended();
    if (answered && status < 400) {
      return;
    }
    RefusalReason reason = request.get(REASON);
    if (reason == null) {
      reason = answered || status >= 400 ? RefusalReason.of(status) : RefusalReason.CONNECTION_LOST;
    }
    meters
        .counter("switchboard.twilio.refused", "door", door, "reason", reason.label())
        .increment();
    LOG.warnf(
        "Twilio's request to the %s door was refused with %s, because %s (%s).",
        door, answered ? status : "no response", reason.sentence(), reason.label());
  }
}
