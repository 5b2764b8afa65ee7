package chat.switchboard.stream;

import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.BearerTokens;
import chat.switchboard.librechat.StreamUser;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.MachineTime;
import chat.switchboard.stream.Subscription.Limits;
import chat.switchboard.stream.Subscriptions.Admission;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * GET /api/messages/stream. A plain Vert.x route: the bytes of an event are built once and written
 * unchanged to every stream, and an idle stream holds only its connection.
 */
@ApplicationScoped
class StreamDoor {

  private static final Logger LOG = Logger.getLogger(StreamDoor.class);
  private static final String PATH = "/api/messages/stream";
  private static final String BEARER = "bearer ";
  private static final String RETRY_SECONDS = "5";
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final BearerTokens tokens;
  private final Subscriptions subscriptions;
  private final OpeningGroups openings;
  private final Replay replay;
  private final EventIds ids;
  private final StreamMetrics metrics;
  private final DatabaseConfig databaseConfig;
  private final StreamConfig streamConfig;
  private final FailedAuthentications failures;
  private final Clock clock;
  private final Clock machineClock;
  private final ObjectMapper json;

  StreamDoor(
      BearerTokens tokens,
      Subscriptions subscriptions,
      OpeningGroups openings,
      Replay replay,
      EventIds ids,
      StreamMetrics metrics,
      DatabaseConfig databaseConfig,
      StreamConfig streamConfig,
      FailedAuthentications failures,
      Clock clock,
      @MachineTime Clock machineClock,
      ObjectMapper json) {
    this.tokens = tokens;
    this.subscriptions = subscriptions;
    this.openings = openings;
    this.replay = replay;
    this.ids = ids;
    this.metrics = metrics;
    this.databaseConfig = databaseConfig;
    this.streamConfig = streamConfig;
    this.failures = failures;
    this.clock = clock;
    this.machineClock = machineClock;
    this.json = json;
  }

  void mount(@Observes Router router) {
    router.get(PATH).handler(this::enter);
    router
        .route(PATH)
        .handler(
            request -> {
              request.response().putHeader("Allow", "GET");
              refuse(request, Problem.of(405, "This address does not support that HTTP method"));
            });
  }

  private void enter(RoutingContext request) {
    Optional<String> token = token(request);
    if (token.isEmpty()) {
      unauthorized(request);
      return;
    }
    String conversationId = parameter(request, "conversationId");
    if (conversationId != null && !isUuid(conversationId)) {
      refuse(request, Problem.of(400, "conversationId must be a UUID"));
      return;
    }
    Admission admission = subscriptions.admission();
    if (admission != Admission.ADMITTED) {
      refuse(request, admission);
      return;
    }
    // A token that is certainly invalid takes no place from the clients that wait.
    Optional<Uni<Optional<StreamUser>>> check = tokens.check(token.get());
    if (check.isEmpty()) {
      unauthorized(request);
      return;
    }
    Context here = Vertx.currentContext();
    openings.add(
        new OpeningGroups.Opening() {
          @Override
          public void begin(Runnable checked) {
            here.runOnContext(now -> verify(request, check.get(), conversationId, here, checked));
          }

          @Override
          public void defer() {
            here.runOnContext(now -> deferred(request));
          }
        });
  }

  private void deferred(RoutingContext request) {
    if (!request.response().closed()) {
      metrics.deferred();
      comeAgain(request.response(), subscriptions.comeLater());
    }
  }

  /**
   * @param checked called once when the user is looked up
   */
  private void verify(
      RoutingContext request,
      Uni<Optional<StreamUser>> check,
      String conversationId,
      Context here,
      Runnable checked) {
    if (request.response().closed()) {
      checked.run();
      return;
    }
    DatabaseRetry.within(databaseConfig.timeout(), check)
        .onTermination()
        .invoke(checked)
        .emitOn(task -> here.runOnContext(now -> task.run()))
        .subscribe()
        .with(
            listener -> {
              try {
                listener.ifPresentOrElse(
                    known -> open(request, known, conversationId), () -> unauthorized(request));
              } catch (RuntimeException unexpected) {
                // No other handler would answer the request.
                request.fail(unexpected);
              }
            },
            failure -> {
              LOG.warnf("Checking a token failed: %s", Cause.of(failure));
              refuse(
                  request,
                  Problem.of(503, "The token cannot be checked right now; try again " + "later"));
            });
  }

  /**
   * The header comes first: unlike a query, a header appears in no access log and no browser
   * history.
   */
  private static Optional<String> token(RoutingContext request) {
    String header = request.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null) {
      return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
          ? Optional.of(header.substring(BEARER.length()).strip())
          : Optional.empty();
    }
    return Optional.ofNullable(parameter(request, "token"));
  }

  private void open(RoutingContext request, StreamUser listener, String conversationId) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    long expiresAt = listener.expiresAt().toEpochMilli();
    long now = machineClock.millis();
    if (expiresAt <= now) {
      unauthorized(request);
      return;
    }
    Subscription stream =
        new Subscription(
            listener.user(),
            conversationId,
            subscriptions.loop(((ContextInternal) Vertx.currentContext()).nettyEventLoop()),
            response,
            new Limits(
                streamConfig.buffer(),
                streamConfig.keepAlive().toNanos()
                    - TimeUnit.MILLISECONDS.toNanos(StreamLoop.LOOK_MILLIS),
                expiresAt,
                now + lifetime()));
    Admission admission = subscriptions.add(stream);
    if (admission != Admission.ADMITTED) {
      refuse(request, admission);
      return;
    }
    eventStream(response);
    request.addEndHandler(ended -> stream.loop.execute(() -> subscriptions.remove(stream)));
    stream.write(Frame.connected());
    Duration retry = streamConfig.retry();
    lastEventId(request)
        .ifPresentOrElse(
            last -> {
              stream.write(Frame.retry(retry));
              replay(stream, last);
            },
            () -> stream.write(Frame.begin(retry, ids.at(clock.millis()))));
    forget(request.request().headers());
    response.headers().clear();
    // The decision that the request is permitted is made: 250 bytes of each idle stream.
    request.data().keySet().removeIf(name -> name.startsWith("io.quarkus."));
  }

  private static void eventStream(HttpServerResponse response) {
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-transform")
        .putHeader("X-Accel-Buffering", "no")
        .putHeader("Referrer-Policy", "no-referrer");
  }

  /**
   * Answers with an empty stream that tells when to come again. The EventSource of a browser (and
   * of npm eventsource) never reconnects after a status other than 200, but reconnects when a
   * stream ends.
   */
  private static void comeAgain(HttpServerResponse response, Buffer retry) {
    eventStream(response);
    response.end(retry);
  }

  /**
   * Headers are a fifth of the memory of an idle stream. Only the access log at the end still needs
   * headers: those with the client's address.
   */
  private static void forget(MultiMap headers) {
    for (String name : List.copyOf(headers.names())) {
      if (!name.toLowerCase(Locale.ROOT).contains("forwarded")) {
        headers.remove(name);
      }
    }
  }

  /** Random, so that streams that began together after a restart do not end together. */
  private long lifetime() {
    long most = streamConfig.lifetime().toMillis();
    return most - ThreadLocalRandom.current().nextLong(most / 10 + 1);
  }

  /**
   * The header comes first: a browser that reconnects sends the header together with the old URL.
   */
  private static Optional<String> lastEventId(RoutingContext request) {
    return Optional.ofNullable(request.request().getHeader(LAST_EVENT_ID))
        .or(() -> Optional.ofNullable(parameter(request, "lastEventId")))
        .filter(id -> !id.isEmpty());
  }

  /** Writes the history first; live events wait until the history is written. */
  private void replay(Subscription stream, String lastEventId) {
    stream.hold();
    EventId place = ids.at(clock.millis());
    DatabaseRetry.within(
            databaseConfig.timeout(), replay.since(stream.user, stream.conversationId, lastEventId))
        .onFailure()
        .recoverWithItem(
            failure -> {
              LOG.warnf("Reading the missed messages of a client failed: %s", Cause.of(failure));
              return new ReplayResult.TooMuch();
            })
        .emitOn(stream.loop::execute)
        .subscribe()
        .with(
            missed -> {
              if (missed instanceof ReplayResult.Events all) {
                metrics.replayed(all.events().size());
                stream.release(all.events());
              } else {
                stream.write(Frame.resyncAt(place));
                stream.release(List.of());
              }
            });
  }

  /** Without a query, Vert.x would make an empty map that lives as long as the stream. */
  private static @Nullable String parameter(RoutingContext request, String name) {
    return request.request().query() == null ? null : request.queryParams().get(name);
  }

  private static boolean isUuid(String text) {
    try {
      UUID.fromString(text);
      return true;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /**
   * One general sentence for every cause, so that an attacker does not learn why a token is
   * refused.
   */
  private void unauthorized(RoutingContext request) {
    refuse(
        request,
        failures
            .answer(
                "stream",
                request.request().remoteAddress().hostAddress(),
                ProblemException.of(401, "A valid LibreChat access token is needed"))
            .problem());
  }

  private void refuse(RoutingContext request, Admission admission) {
    switch (admission) {
      case STOPPING -> comeAgain(request.response(), subscriptions.comeAgain());
      case TOO_MANY_FOR_USER ->
          refuse(request, Problem.of(429, "Too many streams are open for this user"));
      default ->
          refuse(
              request,
              Problem.of(503, "Too many streams are open at this service; try " + "again later"));
    }
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
