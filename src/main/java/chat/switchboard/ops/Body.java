package chat.switchboard.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Reads the body of a request before a door sees it, and refuses one that is too large: at once if
 * it says so, or when it has become so. Reading it here, on the event loop and bounded, also keeps
 * a slow sender from holding a worker thread.
 */
@ApplicationScoped
public class Body {

  /** 256 KiB: some hundred times the longest text message. */
  private static final int BYTES = 256 * 1024;

  /** After Quarkus's own limit (-2), before the doors (10,000 and later). */
  private static final int ORDER = 100;

  private final ObjectMapper json;

  Body(ObjectMapper json) {
    this.json = json;
  }

  /** Routes of ours are mounted at start. */
  void mount(@Observes Router router) {
    // No files: nothing of a request is ever written to disk.
    BodyHandler reader = BodyHandler.create(false).setBodyLimit(BYTES);
    for (HttpMethod method : new HttpMethod[] {HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH}) {
      router.route(method, "/api/*").order(ORDER).handler(reader).failureHandler(this::refuse);
    }
  }

  /** The body of this request, read whole. */
  public static byte[] of(RoutingContext request) {
    Buffer body = request.body().buffer();
    return body == null ? new byte[0] : body.getBytes();
  }

  private void refuse(RoutingContext request) {
    if (request.statusCode() != 413 || request.response().ended()) {
      request.next();
      return;
    }
    try {
      request
          .response()
          .setStatusCode(413)
          .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
          // The rest of the body is not read, so that nothing else can come over this connection.
          .putHeader(HttpHeaders.CONNECTION, "close")
          .end(json.writeValueAsString(Problem.of(413, "The body is larger than 256 KiB")));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A problem is always writable", impossible);
    }
  }
}
