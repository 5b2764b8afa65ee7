package chat.switchboard.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects the bytes of a body before a door sees the request, and refuses a body that is too
 * large: at once if Content-Length says so, or when the bytes exceed the limit. Because the body is
 * collected here, bounded and on the event loop, a slow sender never holds a worker thread.
 *
 * <p>Messages with a file in the body may be larger ({@link LargeBodies}).
 *
 * <p>Nothing is decoded. Vert.x's own {@code BodyHandler} parses the fields of a form while the
 * bytes arrive, under limits of its own (2,048 bytes a value, 256 fields), which would lose long
 * texts before the signature is checked.
 */
@ApplicationScoped
public class BodyLimit {

  /** 256 KiB: about a hundred times the longest text message. */
  public static final int BYTES = 256 * 1024;

  /** 1 MiB: nearly every webhook of another service is below 256 KiB, and GitHub's are above. */
  static final int WEBHOOK_BYTES = 1024 * 1024;

  public static final Problem TOO_LARGE = Problem.of(413, "The body is larger than 256 KiB");

  private static final Problem TOO_LARGE_WEBHOOK = Problem.of(413, "The body is larger than 1 MiB");

  /** The response while {@link LargeBodies} has no place. */
  static final Problem BUSY =
      Problem.of(503, "Too many messages with files are being read; try again later");

  /** In seconds: when a place for a large body is likely free again. */
  static final String RETRY_AFTER = "1";

  /** The webhook of a hook; the doors below it are those of operators. */
  private static final Pattern WEBHOOK = Pattern.compile("/api/hooks/[^/]+/?");

  /** The doors of the page on which users link their phones. */
  private static final String PHONE_PAGE = "/switchboard/phone/*";

  private static final Set<HttpMethod> METHODS =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  /** The MCP server, whose route is not RESTEasy's: a body over HTTP/2 is read here as well. */
  static final String MCP = "/mcp";

  /** Before the framework's own route of the MCP server, whose order is the place in its list. */
  public static final int MCP_ORDER = -20;

  /** After Quarkus's own limit (-2), before the doors (10,000 and later). */
  private static final int ORDER = 100;

  private final ObjectMapper json;
  private final LargeBodies large;

  BodyLimit(ObjectMapper json, LargeBodies large) {
    this.json = json;
    this.large = large;
  }

  /** Other routes of this service are mounted at start. */
  void mount(@Observes Router router) {
    for (HttpMethod method : METHODS) {
      mount(router, method, "/api/*");
      mount(router, method, PHONE_PAGE);
    }
    router
        .route(HttpMethod.POST, MCP)
        .order(MCP_ORDER)
        .handler(this::collect)
        .failureHandler(this::refuse);
  }

  private void mount(Router router, HttpMethod method, String path) {
    router
        .route(method, path)
        .order(ORDER)
        .handler(
            request -> {
              if (request.request().version() == HttpVersion.HTTP_2) {
                // See BodyOverHttp2.
                request.next();
              } else {
                collect(request);
              }
            })
        .failureHandler(this::refuse);
  }

  private void collect(RoutingContext request) {
    HttpServerRequest incoming = request.request();
    // After a reroute the body has already been read.
    if (incoming.isEnded() || request.body().buffer() != null) {
      request.next();
      return;
    }
    String expected = incoming.getHeader(HttpHeaders.EXPECT);
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      request.fail(417);
      return;
    }
    long length = length(incoming);
    if (length > most(request) && !(length <= LargeBodies.BYTES && large.admit(request))) {
      request.fail(LargeBodies.refusal(request));
      return;
    }
    if (expected != null && incoming.version() == HttpVersion.HTTP_1_1) {
      request.response().writeContinue();
    }
    Buffer body = Buffer.buffer();
    incoming
        .handler(
            chunk -> {
              if (request.failed()) {
                return;
              }
              body.appendBuffer(chunk);
              if (isTooLarge(request, body.length())) {
                request.fail(LargeBodies.refusal(request));
              }
            })
        .endHandler(
            end -> {
              if (!request.failed()) {
                ((RoutingContextInternal) request).setBody(body);
                request.next();
              }
            })
        // The connection ended before the body: no client is left to answer.
        .exceptionHandler(lost -> {})
        .resume();
  }

  private boolean isTooLarge(RoutingContext request, int length) {
    return length > LargeBodies.BYTES || (length > most(request) && !large.admit(request));
  }

  /** The largest body of this request, in bytes. */
  static int most(RoutingContext request) {
    return isWebhook(request) ? WEBHOOK_BYTES : BYTES;
  }

  /** The response to a larger body. */
  static Problem tooLarge(RoutingContext request) {
    return isWebhook(request) ? TOO_LARGE_WEBHOOK : TOO_LARGE;
  }

  private static boolean isWebhook(RoutingContext request) {
    return HttpMethod.POST.equals(request.request().method())
        && WEBHOOK.matcher(request.normalizedPath()).matches();
  }

  /** Returns the value of Content-Length; -1 if the header is missing. */
  static long length(HttpServerRequest incoming) {
    String length = incoming.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException tooLong) {
      return Long.MAX_VALUE;
    }
  }

  static boolean isReadFor(HttpMethod method) {
    return METHODS.contains(method);
  }

  /** Returns the whole body of this request. */
  public static byte[] of(RoutingContext request) {
    Buffer body = request.body().buffer();
    return body == null ? new byte[0] : body.getBytes();
  }

  private void refuse(RoutingContext request) {
    int status = request.statusCode();
    if ((status != 413 && status != 503) || request.response().ended()) {
      request.next();
      return;
    }
    try {
      if (status == 503) {
        request.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
      }
      request
          .response()
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
          // The rest of the body is not read, so this connection cannot carry another request.
          .putHeader(HttpHeaders.CONNECTION, "close")
          .end(json.writeValueAsString(status == 413 ? tooLarge(request) : BUSY));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A problem is always writable", impossible);
    }
  }
}
