package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.ops.Cause;
import chat.switchboard.ops.Check;
import chat.switchboard.ops.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** GET /api/doctor: checks the configuration, and names a remedy for each fault. */
@Path("/api/doctor")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Operations")
class DoctorDoor {

  /**
   * The timeout of each check. All checks run at the same time, so the response takes no longer.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private final List<Check> checks;

  DoctorDoor(@Any Instance<Check> checks) {
    this.checks =
        checks.stream()
            .sorted(Comparator.comparing(Check::area).thenComparing(Check::name))
            .toList();
  }

  @GET
  @Operation(
      operationId = "examine",
      summary =
          "Check the configuration: each line has the result of a check, and a remedy if "
              + "needed",
      description =
          "For operators: checks MongoDB, LibreChat, Twilio, the clocks and the secrets; changes "
              + "nothing.")
  @APIResponse(responseCode = "200", description = "The result of each check")
  public Uni<DoctorView> examine() {
    return Uni.join()
        .all(checks.stream().map(DoctorDoor::look).toList())
        .andFailFast()
        .map(found -> new DoctorView(worst(found), found));
  }

  private static Uni<CheckView> look(Check check) {
    return Uni.createFrom()
        .deferred(check::look)
        .ifNoItem()
        .after(PATIENCE)
        .recoverWithItem(
            () ->
                Finding.fail(
                    "No response within " + PATIENCE.toSeconds() + " s.",
                    "Check that the other system runs and can be reached from Switchboard."))
        .onFailure()
        .recoverWithItem(
            failure ->
                Finding.fail(
                    "The check failed: " + Cause.of(failure),
                    "Read the log, and check that the database can be reached."))
        .map(finding -> CheckView.of(check, finding));
  }

  private static String worst(List<CheckView> found) {
    return List.of("fail", "warn").stream()
        .filter(status -> found.stream().anyMatch(check -> check.status().equals(status)))
        .findFirst()
        .orElse("ok");
  }
}
