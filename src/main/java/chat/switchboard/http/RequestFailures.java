package chat.switchboard.http;

import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Answers a request that failed outside of the REST resources, with a problem that reveals no
 * internals. The handler runs before Quarkus's own error handler, which logs the whole URL (and so
 * a token in the query) and a stack trace for each such request.
 */
@ApplicationScoped
class RequestFailures {

  /** Just before Quarkus's handler, which is the last of all. */
  private static final int ORDER = Integer.MAX_VALUE - 1;

  private final UnexpectedFailures unexpected;
  private final ProblemWriter problems;
  private final RequestLog log;

  RequestFailures(UnexpectedFailures unexpected, ProblemWriter problems, RequestLog log) {
    this.unexpected = unexpected;
    this.problems = problems;
    this.log = log;
  }

  void mount(@Observes Router router) {
    router.route().order(ORDER).failureHandler(this::answer);
  }

  private void answer(RoutingContext request) {
    log.watch(request);
    Throwable failure = request.failure();
    int status = request.statusCode() > 0 ? request.statusCode() : 500;
    if (failure instanceof UnauthorizedException
        || failure instanceof ForbiddenException
        || failure instanceof AuthenticationException
        || failure instanceof RejectedExecutionException) {
      // Quarkus answers these exceptions without a stack trace.
      request.next();
    } else if (status < 500 || failure == null) {
      problems.write(request, Problem.of(status, sentence(status)));
    } else if (failure instanceof IOException) {
      // The client closed the connection; no client is left to answer.
      problems.write(request, Problem.of(status, sentence(status)));
    } else {
      String id = unexpected.log(request, failure);
      problems.write(request, UnexpectedFailures.problem(id));
    }
  }

  /** Answers a request that failed before it had a route. */
  void answer(HttpServerRequest request, Throwable failure) {
    String id =
        unexpected.log(
            Methods.label(request.method()), PathTemplate.masked(request.path()), failure);
    problems.write(request, UnexpectedFailures.problem(id));
  }

  private static String sentence(int status) {
    return switch (status) {
      case 400 -> "The request is malformed";
      case 404 -> "There is nothing at this address";
      case 405 -> "This address does not support that HTTP method";
      case 413 -> "The body is larger than this address allows";
      default -> Problem.of(status, "").title();
    };
  }
}
