package chat.switchboard.stream;

import chat.switchboard.librechat.AccessTokens;
import chat.switchboard.librechat.Listener;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.FailedAuthentications;
import chat.switchboard.ops.Problem;
import chat.switchboard.ops.Refusal;
import chat.switchboard.ops.SwitchboardConfig;
import chat.switchboard.stream.Subscriptions.Admission;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * GET /api/messages/stream. A plain Vert.x route: the bytes of an event are made once and written
 * to every stream as they are, and an idle stream holds nothing but its connection.
 */
@ApplicationScoped
class StreamDoor {

  private static final Logger LOG = Logger.getLogger(StreamDoor.class);
  private static final String PATH = "/api/messages/stream";
  private static final String BEARER = "bearer ";
  private static final String RETRY_SECONDS = "5";

  private final AccessTokens tokens;
  private final Subscriptions subscriptions;
  private final SwitchboardConfig config;
  private final FailedAuthentications failures;
  private final Clock clock;
  private final ObjectMapper json;

  StreamDoor(
      AccessTokens tokens,
      Subscriptions subscriptions,
      SwitchboardConfig config,
      FailedAuthentications failures,
      Clock clock,
      ObjectMapper json) {
    this.tokens = tokens;
    this.subscriptions = subscriptions;
    this.config = config;
    this.failures = failures;
    this.clock = clock;
    this.json = json;
  }

  void mount(@Observes Router router) {
    router.get(PATH).handler(this::enter);
    router
        .route(PATH)
        .handler(
            request -> {
              request.response().putHeader("Allow", "GET");
              refuse(request, Problem.of(405, "This address does not take that method"));
            });
  }

  private void enter(RoutingContext request) {
    Optional<String> token = token(request);
    if (token.isEmpty()) {
      unauthorized(request);
      return;
    }
    String conversationId = request.queryParams().get("conversationId");
    if (conversationId != null && !isUuid(conversationId)) {
      refuse(request, Problem.of(400, "conversationId must be a UUID"));
      return;
    }
    tokens
        .verify(token.get())
        .ifNoItem()
        .after(config.database().timeout())
        .fail()
        .subscribe()
        .with(
            listener ->
                listener.ifPresentOrElse(
                    known -> open(request, known, conversationId), () -> unauthorized(request)),
            failure -> {
              LOG.warnf("The database did not answer: %s", Cause.of(failure));
              refuse(
                  request, Problem.of(503, "The database cannot be reached right now; try again"));
            });
  }

  /** The header first: it is the better of the two, since it stands in no log and no history. */
  private static Optional<String> token(RoutingContext request) {
    String header = request.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null) {
      return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
          ? Optional.of(header.substring(BEARER.length()).strip())
          : Optional.empty();
    }
    return Optional.ofNullable(request.queryParams().get("token"));
  }

  private void open(RoutingContext request, Listener listener, String conversationId) {
    HttpServerResponse response = request.response();
    long left = Duration.between(clock.instant(), listener.expiresAt()).toMillis();
    if (response.closed() || response.ended()) {
      return;
    }
    if (left <= 0) {
      unauthorized(request);
      return;
    }
    Subscription stream =
        new Subscription(
            listener.user(),
            conversationId,
            Vertx.currentContext(),
            response,
            config.stream().buffer());
    Admission admission = subscriptions.add(stream);
    if (admission != Admission.ADMITTED) {
      refuse(
          request,
          switch (admission) {
            case TOO_MANY_FOR_USER -> Problem.of(429, "Too many streams are open for this user");
            case STOPPING -> Problem.of(503, "The service is being stopped; try again");
            default -> Problem.of(503, "Too many streams are open here; try again");
          });
      return;
    }
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-transform")
        .putHeader("X-Accel-Buffering", "no")
        .putHeader("Referrer-Policy", "no-referrer");
    long expiry = request.vertx().setTimer(left, now -> stream.finish(Frame.TOKEN_EXPIRED));
    request.addEndHandler(
        ended -> {
          request.vertx().cancelTimer(expiry);
          stream.closed();
          subscriptions.remove(stream);
        });
    stream.write(Frame.CONNECTED);
    stream.write(Frame.retry(config.stream().retry()));
    if (missedSomething(request)) {
      stream.write(Frame.RESYNC);
    }
  }

  /** What was missed is not kept here: the client is told to refetch. */
  private static boolean missedSomething(RoutingContext request) {
    return request.request().getHeader("Last-Event-ID") != null
        || request.queryParams().contains("lastEventId");
  }

  private static boolean isUuid(String text) {
    try {
      UUID.fromString(text);
      return true;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /** One vague sentence for every cause: what is wrong with a token is nobody's business. */
  private void unauthorized(RoutingContext request) {
    refuse(
        request,
        failures
            .answer(
                "stream",
                request.request().remoteAddress().hostAddress(),
                Refusal.of(401, "A valid LibreChat access token is needed"))
            .problem());
  }

  private void refuse(RoutingContext request, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    response
        .setStatusCode(problem.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
    if (problem.status() == 401) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    if (problem.status() == 429 || problem.status() == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
    }
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    try {
      response.end(json.writeValueAsString(problem));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A problem is always writable", impossible);
    }
  }
}
