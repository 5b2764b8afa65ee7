package chat.switchboard.ops;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.reflect.Field;

/**
 * Stands before everything that Quarkus does with a request. Quarkus reads the forwarding headers
 * before the first route of the router is asked, and lets what is thrown there go without an
 * answer; it has no public hook that is earlier. So its root handler is wrapped; the field is not
 * public, and RequestGateTest fails when it goes.
 */
@ApplicationScoped
class RequestGate {

  /** In a native image a field is found by its name only where its class is registered. */
  @RegisterForReflection(targets = VertxHttpRecorder.class, methods = false)
  private static final class NativeRegistration {}

  private final ForwardedHeaders forwarded;
  private final RequestFailures failures;

  RequestGate(ForwardedHeaders forwarded, RequestFailures failures) {
    this.forwarded = forwarded;
    this.failures = failures;
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
    try {
      forwarded.normalize(request.headers());
      quarkus.handle(request);
    } catch (RuntimeException | StackOverflowError failure) {
      failures.answer(request, failure);
    }
  }
}
