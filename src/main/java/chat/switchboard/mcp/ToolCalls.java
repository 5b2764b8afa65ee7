package chat.switchboard.mcp;

import chat.switchboard.http.FixedWindowLimiter;
import chat.switchboard.http.ProblemException;
import chat.switchboard.http.UnexpectedFailures;
import com.mongodb.MongoException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.mcp.server.ToolResponse;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a tool for the user of the request, within the limits, and turns every failure into a tool
 * error with a sentence that says what to do.
 */
@ApplicationScoped
class ToolCalls {

  /**
   * Below the limit of LibreChat for a tool call (30 s by default, {@code mcpServers.*.timeout}).
   */
  private static final Duration LONGEST = Duration.ofSeconds(25);

  private final CallerIdentity identity;
  private final CurrentVertxRequest current;
  private final UnexpectedFailures unexpected;
  private final MeterRegistry meters;
  private final FixedWindowLimiter perUser;
  private final AtomicInteger running = new AtomicInteger();
  private final int most;

  ToolCalls(
      CallerIdentity identity,
      CurrentVertxRequest current,
      UnexpectedFailures unexpected,
      MeterRegistry meters,
      McpConfig config,
      Clock clock) {
    this.identity = identity;
    this.current = current;
    this.unexpected = unexpected;
    this.meters = meters;
    this.perUser = new FixedWindowLimiter(config.callsPerMinute(), Duration.ofMinutes(1), clock);
    this.most = config.inFlight();
  }

  /** The work of a tool for this user and this request; returns Markdown for the model. */
  @FunctionalInterface
  interface Body {
    Uni<String> run(McpUser user, RoutingContext request);
  }

  /**
   * @param tool the name of the tool, for the metric
   */
  Uni<ToolResponse> run(String tool, Body body) {
    RoutingContext request = current.getCurrent();
    return Uni.createFrom()
        .deferred(
            () -> {
              if (running.incrementAndGet() > most) {
                running.decrementAndGet();
                throw new ToolRefusal(
                    "Too many tools are being called at the same time. Try again in some seconds.");
              }
              // Deferred: a refusal that is thrown at once ends the call like every other one.
              return Uni.createFrom()
                  .deferred(() -> identity.of(request))
                  .flatMap(user -> limited(user, body, request))
                  .ifNoItem()
                  .after(LONGEST)
                  .fail()
                  .onTermination()
                  .invoke(running::decrementAndGet);
            })
        .map(ToolResponse::success)
        .invoke(done -> count(tool, "ok"))
        .onFailure()
        .recoverWithItem(failure -> ToolResponse.error(sentence(tool, request, failure)));
  }

  private Uni<String> limited(McpUser user, Body body, RoutingContext request) {
    if (!perUser.allows(user.id())) {
      throw new ToolRefusal(
          "This user has called too many tools within a minute. Wait a minute, and call fewer.");
    }
    return body.run(user, request);
  }

  private String sentence(String tool, RoutingContext request, Throwable failure) {
    if (failure instanceof ToolRefusal refusal) {
      count(tool, "refused");
      return refusal.getMessage();
    }
    if (failure instanceof ProblemException refusal && refusal.problem().status() < 500) {
      count(tool, "refused");
      return RefusalSentence.of(refusal);
    }
    count(tool, "failed");
    if (failure instanceof ProblemException refusal) {
      return RefusalSentence.of(refusal);
    }
    if (failure instanceof TimeoutException) {
      return "The tool did not finish in time, and what was begun may still be done. Look with "
          + ToolCatalog.RECENT_TEXTS
          + " before you call the tool again; the same words to the same person are not sent twice.";
    }
    if (failure instanceof MongoException) {
      return "The database cannot be reached right now. Try again later.";
    }
    return "Internal error: tell the user that the tool failed. The administrator finds it in the"
        + " log as error "
        + unexpected.log(request, failure)
        + ".";
  }

  private void count(String tool, String outcome) {
    meters.counter("switchboard.mcp.calls", "tool", tool, "outcome", outcome).increment();
  }
}
