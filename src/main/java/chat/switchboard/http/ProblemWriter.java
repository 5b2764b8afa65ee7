package chat.switchboard.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes a problem response outside of the REST resources. */
@ApplicationScoped
public class ProblemWriter {

  private final ObjectMapper json;

  public ProblemWriter(ObjectMapper json) {
    this.json = json;
  }

  void write(RoutingContext request, Problem problem) {
    write(request.request(), problem);
  }

  /** Does nothing if the response has begun. */
  public void write(HttpServerRequest request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      // A second response cannot follow the first: the reset shows the client that the first is
      // incomplete.
      response.reset();
      return;
    }
    response
        .setStatusCode(problem.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    if (!request.isEnded() && request.version() != HttpVersion.HTTP_2) {
      // The rest of the body is not read, so this connection cannot carry another request.
      response.putHeader(HttpHeaders.CONNECTION, "close");
    }
    if (HttpMethod.HEAD.equals(request.method())) {
      response.end();
      return;
    }
    try {
      response.end(json.writeValueAsString(problem));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A problem is always writable", impossible);
    }
  }
}
