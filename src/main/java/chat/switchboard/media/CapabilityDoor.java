package chat.switchboard.media;

import chat.switchboard.http.BufferStream;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemWriter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Serves a file to each client with its capability: Twilio, which fetches the files of outgoing
 * texts, and the owner's page. Unknown, malformed and expired capabilities get the same answer, so
 * that a client cannot tell them apart.
 */
@ApplicationScoped
class CapabilityDoor {

  static final String PATH = "/switchboard/media/";

  private static final Logger LOG = Logger.getLogger(CapabilityDoor.class);

  private static final Problem UNKNOWN = Problem.of(404, "There is no such file");

  /** A file that is a page can run no script and load nothing. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

  private final Capabilities capabilities;
  private final MediaBytes bytes;
  private final ProblemWriter problems;
  private final MeterRegistry meters;

  CapabilityDoor(
      Capabilities capabilities, MediaBytes bytes, ProblemWriter problems, MeterRegistry meters) {
    this.capabilities = capabilities;
    this.bytes = bytes;
    this.problems = problems;
    this.meters = meters;
  }

  void mount(@Observes Router router) {
    router
        .route(PATH + ":capability")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(this::answer);
  }

  private void answer(RoutingContext context) {
    // The look-up takes a while; an event of the request before a handler is set would be lost.
    context.request().pause();
    Context loop = context.vertx().getOrCreateContext();
    capabilities
        .open(context.pathParam("capability"))
        // The driver answers on a thread of its own.
        .emitOn(task -> loop.runOnContext(ignored -> task.run()))
        .subscribe()
        .with(
            found -> {
              context.request().resume();
              if (found.isEmpty()) {
                count("unknown");
                refuse(context, UNKNOWN);
              } else {
                serve(context, found.get());
              }
            },
            failure -> {
              context.request().resume();
              LOG.warnf("A file cannot be looked up: %s", failure.getClass().getSimpleName());
              count("failed");
              refuse(context, Problem.of(503, "The file cannot be read now"));
            });
  }

  private void refuse(RoutingContext context, Problem problem) {
    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    problems.write(context.request(), problem);
  }

  private void serve(RoutingContext context, MediaItem item) {
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    if (response.closed()) {
      return;
    }
    headers(response, item);
    String tag = '"' + item.sha256 + '"';
    boolean isGet = HttpMethod.GET.equals(request.method());
    if (tag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
      count("unchanged");
      response.setStatusCode(304).end();
      return;
    }
    // A range of another version of the file would be wrong; HEAD has no ranges (RFC 9110, 14.2).
    String condition = request.getHeader("If-Range");
    boolean mayRange = isGet && (condition == null || condition.equals(tag));
    ByteRange.Wanted wanted =
        ByteRange.read(
            Optional.ofNullable(request.getHeader("Range")).filter(range -> mayRange), item.bytes);
    if (wanted instanceof ByteRange.Wanted.Unsatisfiable) {
      count("unsatisfiable");
      response
          .setStatusCode(416)
          .putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + item.bytes)
          .putHeader(HttpHeaders.CONTENT_LENGTH, "0")
          .end();
      return;
    }
    ByteRange range = new ByteRange(0, item.bytes - 1);
    if (wanted instanceof ByteRange.Wanted.Part part) {
      range = part.range();
      response
          .setStatusCode(206)
          .putHeader(
              HttpHeaders.CONTENT_RANGE,
              "bytes " + range.from() + "-" + range.to() + "/" + item.bytes);
    }
    response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(range.length()));
    if (!isGet) {
      count("head");
      response.end();
      return;
    }
    send(context, item, range);
  }

  private static void headers(HttpServerResponse response, MediaItem item) {
    ContentType type = ContentType.valueOf(item.type);
    boolean isInline = Boolean.TRUE.equals(item.shown) && type.isPicture();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, type.servedType())
        .putHeader(
            HttpHeaders.CONTENT_DISPOSITION,
            FileNames.disposition(isInline ? "inline" : "attachment", item.fileName))
        .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes")
        .putHeader(HttpHeaders.ETAG, '"' + item.sha256 + '"')
        // The address can expire at any time, so only the browser's own cache may keep the file.
        .putHeader(HttpHeaders.CACHE_CONTROL, "private, max-age=3600")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Cross-Origin-Resource-Policy", "cross-origin")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("X-Robots-Tag", "noindex");
  }

  private void send(RoutingContext context, MediaItem item, ByteRange range) {
    HttpServerResponse response = context.response();
    BufferStream.onCurrentContext(bytes.read(item.bytesId, range.from(), range.length()))
        .pipe()
        .endOnFailure(false)
        .to(response)
        .onSuccess(done -> count("sent"))
        .onFailure(
            failure -> {
              // The header has the full length: the reset keeps a client from taking a part for the
              // file.
              count("broken");
              if (!response.closed()) {
                response.reset();
              }
            });
  }

  private void count(String outcome) {
    meters.counter("switchboard.media.downloads", "outcome", outcome).increment();
  }
}
