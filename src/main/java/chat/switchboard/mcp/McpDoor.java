package chat.switchboard.mcp;

import chat.switchboard.api.ApiKey;
import chat.switchboard.api.ApiKeys;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.FailedAuthentications;
import chat.switchboard.http.ProblemException;
import chat.switchboard.http.ProblemWriter;
import io.quarkiverse.mcp.server.runtime.ConnectionManager;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Checks each request to {@code /mcp}, and to each path that begins with it, before the framework:
 * a request without a key with the scope {@code mcp} never reaches the framework, nor does a
 * request that the framework would keep in memory.
 *
 * <p>The server has no sessions. The framework keeps a session in memory for half an hour, without
 * a bound and known to one replica alone. A client gets no session id, which the specification
 * permits, and each request contains its key, its user and its conversation.
 */
@ApplicationScoped
class McpDoor {

  static final String PATH = "/mcp";

  /** A proxy in front of LibreChat leads {@code /switchboard/*} to Switchboard. */
  static final String ALIAS = "/switchboard/mcp";

  private static final String SESSION = "Mcp-Session-Id";
  private static final String VERSION = "MCP-Protocol-Version";

  /** The versions that the framework speaks. */
  private static final Set<String> VERSIONS =
      Set.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05");

  private static final String JSON = "application/json";

  private static final String CHECKED = McpDoor.class.getName();

  /**
   * Before the deadline and the reader of the body. The framework's routes have orders from 0 on,
   * so that every order here is below 0.
   */
  private static final int GATE_ORDER = BodyLimit.MCP_ORDER - 10;

  private static final int ALIAS_ORDER = GATE_ORDER - 1;

  /** After the reader of the body, before the framework's route. */
  private static final int MESSAGE_ORDER = BodyLimit.MCP_ORDER + 1;

  private final McpConfig config;
  private final ApiKeys keys;
  private final FailedAuthentications failures;
  private final ProblemWriter problems;
  private final ConnectionManager sessions;

  McpDoor(
      McpConfig config,
      ApiKeys keys,
      FailedAuthentications failures,
      ProblemWriter problems,
      ConnectionManager sessions) {
    this.config = config;
    this.keys = keys;
    this.failures = failures;
    this.problems = problems;
    this.sessions = sessions;
  }

  void mount(@Observes Router router) {
    router.route(ALIAS).order(ALIAS_ORDER).handler(request -> request.reroute(PATH));
    // The exact path first, which the log and the metric name.
    router.route(PATH).order(GATE_ORDER).handler(this::check);
    router.route(PATH + "*").order(GATE_ORDER + 1).handler(this::check);
    router.route(HttpMethod.POST, PATH).order(MESSAGE_ORDER).handler(this::read);
  }

  private void check(RoutingContext request) {
    if (request.get(CHECKED) != null) {
      request.next();
      return;
    }
    request
        .response()
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    try {
      if (answerOptions(request)) {
        return;
      }
      pass(request);
    } catch (ProblemException refusal) {
      refusal
          .retryAfter()
          .ifPresent(
              after ->
                  request
                      .response()
                      .putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(after.toSeconds())));
      problems.write(request.request(), refusal.problem());
      return;
    }
    request.put(CHECKED, true);
    request.next();
  }

  /** No page of a browser uses this address: a preflight gets no permission. */
  private boolean answerOptions(RoutingContext request) {
    if (!HttpMethod.OPTIONS.equals(request.request().method()) || !isHere(request)) {
      return false;
    }
    request.response().putHeader(HttpHeaders.ALLOW, "OPTIONS, POST").end();
    return true;
  }

  private boolean isHere(RoutingContext request) {
    String path = request.normalizedPath();
    return config.enabled() && (path.equals(PATH) || path.equals(PATH + "/"));
  }

  private void pass(RoutingContext request) {
    HttpServerRequest incoming = request.request();
    if (!config.enabled()) {
      throw ProblemException.of(404, "There is nothing at this address");
    }
    key(incoming).keepIn(request);
    // The framework's older transport (/mcp/sse, /mcp/messages/…) is off.
    if (!isHere(request)) {
      throw ProblemException.of(404, "There is nothing at this address: use " + PATH);
    }
    // A page of another site cannot reach this address by DNS rebinding; programs send no Origin.
    if (incoming.headers().contains(HttpHeaders.ORIGIN)) {
      throw ProblemException.of(403, "Pages of browsers cannot use this address");
    }
    if (!HttpMethod.POST.equals(incoming.method())) {
      request.response().putHeader(HttpHeaders.ALLOW, "OPTIONS, POST");
      throw ProblemException.of(
          405, "This address supports POST alone: the server sends no messages of its own");
    }
    checkHeaders(incoming);
    incoming.headers().remove(SESSION);
    incoming.headers().set(HttpHeaders.ACCEPT, JSON + ", text/event-stream");
  }

  private ApiKey key(HttpServerRequest incoming) {
    ApiKey key =
        keys.of(incoming)
            .orElseThrow(
                () ->
                    failures.answer(
                        "mcp",
                        incoming.remoteAddress() == null
                            ? null
                            : incoming.remoteAddress().hostAddress(),
                        ProblemException.of(
                            401,
                            "An API key with the scope mcp is required in the header X-API-Key")));
    if (!key.mayUseMcp()) {
      throw ProblemException.of(403, "The key " + key.name() + " does not have the scope mcp");
    }
    return key;
  }

  private static void checkHeaders(HttpServerRequest incoming) {
    String type = incoming.getHeader(HttpHeaders.CONTENT_TYPE);
    if (type == null || !mediaType(type).equals(JSON)) {
      throw ProblemException.of(415, "Content-Type must be application/json");
    }
    String accept = incoming.getHeader(HttpHeaders.ACCEPT);
    if (accept != null && !accepts(accept)) {
      throw ProblemException.of(406, "Accept must include application/json");
    }
    String version = incoming.getHeader(VERSION);
    if (version != null && !VERSIONS.contains(version.strip())) {
      throw ProblemException.of(
          400,
          VERSION + " must be one of " + String.join(", ", VERSIONS.stream().sorted().toList()));
    }
  }

  private static boolean accepts(String accept) {
    for (String one : accept.split(",")) {
      String type = mediaType(one);
      if (type.equals(JSON) || type.equals("application/*") || type.equals("*/*")) {
        return true;
      }
    }
    return false;
  }

  private static String mediaType(String value) {
    int parameters = value.indexOf(';');
    return (parameters < 0 ? value : value.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  private void read(RoutingContext request) {
    RpcMessage message = RpcMessage.of(BodyLimit.of(request));
    if (message instanceof RpcMessage.Accepted) {
      request.response().setStatusCode(202).end();
    } else if (message instanceof RpcMessage.Refused refused) {
      answer(request, refused.isMalformed() ? 400 : 200, refused.body());
    } else if (message instanceof RpcMessage.Misused misused) {
      answer(request, 200, misused.body());
    } else if (message instanceof RpcMessage.Request checked) {
      RoutingContextInternal context = (RoutingContextInternal) request;
      context.setBody(Buffer.buffer(checked.body()));
      // The framework's reader of bodies has nothing left to read.
      context.visitHandler(RoutingContextInternal.BODY_HANDLER);
      request.addHeadersEndHandler(sent -> endSession(request));
      request.next();
    }
  }

  private static void answer(RoutingContext request, int status, byte[] body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .end(Buffer.buffer(body));
  }

  /** The framework opens a session for each {@code initialize}; its id is in the response. */
  private void endSession(RoutingContext request) {
    Optional.ofNullable(request.response().headers().get(SESSION))
        .ifPresent(
            session -> {
              request.response().headers().remove(SESSION);
              sessions.remove(session);
            });
  }
}
