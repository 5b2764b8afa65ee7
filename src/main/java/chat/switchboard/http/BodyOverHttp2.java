package chat.switchboard.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.Response;
import java.util.OptionalInt;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Reads the body of a request over HTTP/2. {@link BodyLimit} cannot do this: RESTEasy pauses every
 * request, and over HTTP/2 a request that has been read cannot be paused (Vert.x fails with
 * "Request has already been read").
 */
class BodyOverHttp2 {

  private final CurrentVertxRequest current;
  private final LargeBodies large;

  BodyOverHttp2(CurrentVertxRequest current, LargeBodies large) {
    this.current = current;
    this.large = large;
  }

  /** After the check of the API key: the body of a caller without a key is not read. */
  @ServerRequestFilter(priority = Priorities.USER)
  public Uni<Response> read() {
    RoutingContext request = current.getCurrent();
    if (request == null
        || request.request().version() != HttpVersion.HTTP_2
        || request.request().isEnded()
        || !BodyLimit.isReadFor(request.request().method())) {
      return Uni.createFrom().nullItem();
    }
    HttpServerRequest incoming = request.request();
    OptionalInt refusal = refusal(request, BodyLimit.length(incoming));
    if (refusal.isPresent()) {
      return Uni.createFrom().item(refuse(request, refusal.getAsInt()));
    }
    return Uni.createFrom()
        .<Response>emitter(
            done -> {
              Buffer read = Buffer.buffer();
              boolean[] isOver = {false};
              incoming
                  .handler(
                      chunk -> {
                        if (isOver[0]) {
                          return;
                        }
                        read.appendBuffer(chunk);
                        // Asked once: a place that is free later does not bring back what was
                        // dropped.
                        OptionalInt tooLarge = refusal(request, read.length());
                        if (tooLarge.isPresent()) {
                          isOver[0] = true;
                          done.complete(refuse(request, tooLarge.getAsInt()));
                        }
                      })
                  .endHandler(
                      end -> {
                        if (!isOver[0]) {
                          ((RoutingContextInternal) request).setBody(read);
                          done.complete(null);
                        }
                      })
                  // The stream or its connection ended: no client is left to answer, and there is
                  // nothing to log.
                  .exceptionHandler(
                      lost ->
                          done.fail(
                              ProblemException.of(400, "The connection ended before the body")))
                  .resume();
            });
  }

  /** The status of the answer to a body of at least this length; empty if the body is taken. */
  private OptionalInt refusal(RoutingContext request, long length) {
    return length <= BodyLimit.most(request)
            || (length <= LargeBodies.BYTES && large.admit(request))
        ? OptionalInt.empty()
        : OptionalInt.of(LargeBodies.refusal(request));
  }

  private static Response refuse(RoutingContext request, int status) {
    Response.ResponseBuilder response = Response.status(status).type(Problem.MEDIA_TYPE);
    return status == 503
        ? response
            .header(HttpHeaders.RETRY_AFTER.toString(), BodyLimit.RETRY_AFTER)
            .entity(BodyLimit.BUSY)
            .build()
        : response.entity(BodyLimit.tooLarge(request)).build();
  }
}
