package chat.switchboard.http;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.core.Response;
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
    return Uni.createFrom()
        .<Buffer>emitter(
            body -> {
              HttpServerRequest incoming = request.request();
              Buffer read = Buffer.buffer();
              incoming
                  .handler(
                      chunk -> {
                        if (!isTooLarge(request, read.length())) {
                          read.appendBuffer(chunk);
                          if (isTooLarge(request, read.length())) {
                            body.complete(read);
                          }
                        }
                      })
                  .endHandler(end -> body.complete(read))
                  // The stream or its connection ended: no client is left to answer, and there is
                  // nothing to log.
                  .exceptionHandler(
                      lost ->
                          body.fail(
                              ProblemException.of(400, "The connection ended before the body")))
                  .resume();
            })
        .map(
            read -> {
              if (isTooLarge(request, read.length())) {
                return Response.status(413)
                    .type(Problem.MEDIA_TYPE)
                    .entity(BodyLimit.tooLarge(request))
                    .build();
              }
              ((RoutingContextInternal) request).setBody(read);
              return null;
            });
  }

  private boolean isTooLarge(RoutingContext request, int length) {
    return length > LargeBodies.BYTES
        || (length > BodyLimit.most(request) && !large.admit(request));
  }
}
