package chat.switchboard.http;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Answers 404 for health groups, of which this service has none. SmallRye Health creates a registry
 * for each name that a client invents, and fails with an exception after fifty names.
 */
@ApplicationScoped
class NoHealthGroups {

  /** After the division of the ports (ManagementPort), before Quarkus's routes. */
  private static final int ORDER = -99_000;

  private final ProblemWriter problems;

  NoHealthGroups(ProblemWriter problems) {
    this.problems = problems;
  }

  void mount(@Observes Router router) {
    router
        .route("/q/health/group*")
        .order(ORDER)
        .handler(
            request ->
                problems.write(request, Problem.of(404, "There is nothing at this address")));
  }
}
