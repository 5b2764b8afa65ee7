package chat.switchboard.http;

import chat.switchboard.ops.Cause;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Health and metrics on a port of their own, where {@code switchboard.management.port} names one;
 * the public port then answers 404 for them. In Quarkus this is a build option; this service has
 * one image for all, and so decides at start.
 */
@ApplicationScoped
class ManagementPort {

  private static final Logger LOG = Logger.getLogger(ManagementPort.class);

  /** Before every route of Quarkus's own. */
  private static final int FIRST = -100_000;

  private static final int SECONDS = 10;

  private final ManagementConfig config;
  private final Vertx vertx;
  private final RequestGate gate;
  private final String host;
  private @Nullable Router router;
  private @Nullable HttpServer server;

  ManagementPort(
      ManagementConfig config,
      Vertx vertx,
      RequestGate gate,
      @ConfigProperty(name = "quarkus.http.host", defaultValue = "0.0.0.0") String host) {
    this.config = config;
    this.vertx = vertx;
    this.gate = gate;
    this.host = host;
  }

  void mount(@Observes Router router) {
    this.router = router;
    config
        .port()
        .ifPresent(port -> router.route().order(FIRST).handler(request -> divide(request, port)));
  }

  void onStart(@Observes @Priority(5) StartupEvent event) {
    config.port().ifPresent(this::listen);
  }

  void onStop(@Observes ShutdownEvent event) {
    if (server != null) {
      server.close();
    }
  }

  private void listen(int port) {
    Router routes = Objects.requireNonNull(router, "Quarkus mounts the routes before it starts");
    try {
      server =
          vertx
              .createHttpServer(
                  new HttpServerOptions().setHost(host).setPort(port).setIdleTimeout(60))
              .requestHandler(request -> serve(request, routes))
              .listen()
              .toCompletionStage()
              .toCompletableFuture()
              .get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new ConfigurationException(
          "The management port " + port + " cannot be opened: " + Cause.of(e), e);
    }
    LOG.infof("Health and metrics are served on port %d only.", port);
  }

  /**
   * A request for another address must not reach the public routes, which expect the public server.
   */
  private void serve(HttpServerRequest request, Router routes) {
    if (!gate.hasKnownFraming(request)) {
      return;
    }
    if (isManagement(request.path())) {
      routes.handle(request);
    } else {
      request.response().setStatusCode(404).end();
    }
  }

  private static void divide(RoutingContext request, int port) {
    if (isManagement(request.normalizedPath()) && request.request().localAddress().port() != port) {
      request.response().setStatusCode(404).end();
    } else {
      request.next();
    }
  }

  private static boolean isManagement(@Nullable String path) {
    return path != null
        && (path.equals("/q/metrics")
            || path.startsWith("/q/metrics/")
            || path.equals("/q/health")
            || path.startsWith("/q/health/")
            || path.startsWith("/q/health-ui"));
  }
}
