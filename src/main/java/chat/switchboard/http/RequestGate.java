package chat.switchboard.http;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.reflect.Field;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Runs before everything that Quarkus does with a request. Quarkus parses the forwarding headers
 * before the first route of the router, and sends no response if that fails with an exception;
 * Quarkus has no earlier public hook. Therefore this class wraps the root handler; the field is not
 * public, and RequestGateTest fails if a later Quarkus removes the field.
 */
@ApplicationScoped
class RequestGate {

  /** In a native image a field is found by its name only where its class is registered. */
  @SuppressWarnings("UnusedNestedClass") // Quarkus reads the annotation.
  @RegisterForReflection(targets = VertxHttpRecorder.class, methods = false)
  private static final class NativeRegistration {}

  private static final Problem UNKNOWN_FRAMING =
      Problem.of(
          400, "A body needs either one Content-Length or the single Transfer-Encoding 'chunked'");

  private final ForwardedHeaders forwarded;
  private final RequestFailures failures;
  private final ProblemWriter problems;

  /**
   * Connections that are being closed; further bytes on these connections belong to a refused
   * request.
   */
  private final Set<HttpConnection> refused =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  RequestGate(ForwardedHeaders forwarded, RequestFailures failures, ProblemWriter problems) {
    this.forwarded = forwarded;
    this.failures = failures;
    this.problems = problems;
  }

  /** After the router is built, before the port is opened. */
  @SuppressWarnings("unchecked")
  void onStart(@Observes @Priority(2) StartupEvent event) {
    try {
      Field root = VertxHttpRecorder.class.getDeclaredField("rootHandler");
      root.setAccessible(true);
      Handler<HttpServerRequest> quarkus = (Handler<HttpServerRequest>) root.get(null);
      root.set(null, (Handler<HttpServerRequest>) request -> pass(request, quarkus));
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException("Quarkus has no root handler that can be wrapped", changed);
    }
  }

  private void pass(HttpServerRequest request, Handler<HttpServerRequest> quarkus) {
    if (!hasKnownFraming(request)) {
      return;
    }
    try {
      forwarded.normalize(request.headers());
      quarkus.handle(request);
    } catch (RuntimeException | StackOverflowError failure) {
      failures.answer(request, failure);
    }
  }

  /**
   * Refuses a request whose end is ambiguous, and drops all further bytes of the connection: the
   * decoder may already have read the rest of the body as further requests.
   */
  boolean hasKnownFraming(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    if (refused.contains(connection)) {
      return false;
    }
    if (TransferEncoding.isTaken(request.version(), request.headers())) {
      return true;
    }
    if (request.version() != HttpVersion.HTTP_2) {
      refused.add(connection);
    }
    problems.write(request, UNKNOWN_FRAMING);
    if (request.version() != HttpVersion.HTTP_2) {
      connection.close();
    }
    return false;
  }
}
