package chat.switchboard.http;

import chat.switchboard.ops.LogConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.http.Outcome;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Counts every request in {@code http.server.requests} and writes its line of the access log, by
 * method, template of the path and status alone. Quarkus's own metric takes the method and the path
 * from the request, so that a client without a key makes series without end; a meter filter does
 * not help, since Micrometer keeps the name before the filter as well ({@code
 * preFilterIdToMeterMap}). Quarkus's own access log writes the path as it was sent, and a status
 * from before the answer.
 */
@ApplicationScoped
class RequestLog {

  private static final Logger LOG = Logger.getLogger("chat.switchboard.access");
  private static final String SEEN = RequestLog.class.getName();
  private static final Problem UNKNOWN_METHOD =
      Problem.of(501, "This service does not know that HTTP method");

  private final MeterRegistry meters;
  private final ProblemWriter problems;
  private final boolean isLogged;

  RequestLog(MeterRegistry meters, ProblemWriter problems, LogConfig config) {
    this.meters = meters;
    this.problems = problems;
    this.isLogged = config.access();
  }

  /** The first of all routes. */
  void mount(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).handler(this::first);
  }

  private void first(RoutingContext request) {
    watch(request);
    if (Methods.isKnown(request.request().method())) {
      request.next();
    } else {
      problems.write(request, UNKNOWN_METHOD);
    }
  }

  /** Counts and logs this request when it has ended; once, however often the method is called. */
  void watch(RoutingContext request) {
    if (request.get(SEEN) == null) {
      request.put(SEEN, true);
      long begin = System.nanoTime();
      request.addEndHandler(ended -> end(request, begin));
    }
  }

  private void end(RoutingContext request, long begin) {
    // The metrics and the health are not counted among the requests of clients.
    if (request.request().path() != null && request.request().path().startsWith("/q/")) {
      return;
    }
    HttpServerResponse response = request.response();
    boolean answered = response.headWritten() || response.ended();
    int status = answered ? response.getStatusCode() : 0;
    meters
        .timer(
            "http.server.requests",
            "method",
            Methods.label(request.request().method()),
            "outcome",
            (answered ? Outcome.forStatus(status) : Outcome.CLIENT_ERROR).name(),
            "status",
            answered ? Integer.toString(status) : "RESET",
            "uri",
            PathTemplate.of(request).orElse(status == 404 ? "NOT_FOUND" : "UNKNOWN"))
        .record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
    if (isLogged) {
      LOG.info(line(request.request(), PathTemplate.forLog(request), status, response));
    }
  }

  /** As in the common log format; a status of "-" where the client was gone before the answer. */
  private static String line(
      HttpServerRequest request, String path, int status, HttpServerResponse response) {
    return Optional.ofNullable(request.remoteAddress()).map(SocketAddress::hostAddress).orElse("-")
        + " \""
        + Methods.label(request.method())
        + ' '
        + path
        + ' '
        + version(request.version())
        + "\" "
        + (status == 0 ? "-" : status)
        + ' '
        + response.bytesWritten();
  }

  private static String version(HttpVersion version) {
    return switch (version) {
      case HTTP_1_0 -> "HTTP/1.0";
      case HTTP_1_1 -> "HTTP/1.1";
      case HTTP_2 -> "HTTP/2";
    };
  }
}
