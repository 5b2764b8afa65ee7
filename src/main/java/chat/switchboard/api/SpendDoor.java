package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.mongo.DatabaseConfig;
import chat.switchboard.mongo.DatabaseRetry;
import chat.switchboard.outbound.SendingSwitch;
import chat.switchboard.outbound.SpendConfig;
import chat.switchboard.outbound.SpendReport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The cost of today's texts, and the switch that pauses all sending. */
@Path(SpendDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(
    name = "Spend",
    description = "The cost of today's texts, and the switch that pauses all " + "sending")
class SpendDoor {

  static final String PATH = "/api/spend";

  private final SpendReport report;
  private final SendingSwitch sending;
  private final DatabaseConfig databaseConfig;
  private final SpendConfig spendConfig;

  private final AuditLog audit;

  SpendDoor(
      SpendReport report,
      SendingSwitch sending,
      DatabaseConfig databaseConfig,
      SpendConfig spendConfig,
      AuditLog audit) {
    this.audit = audit;
    this.report = report;
    this.sending = sending;
    this.databaseConfig = databaseConfig;
    this.spendConfig = spendConfig;
  }

  @GET
  @Operation(
      operationId = "getSpend",
      summary = "Return today's queued segments, refused texts and limits",
      description = "For operators. A day is a UTC day; the counters include all replicas.")
  @APIResponse(responseCode = "200", description = "The counters of today")
  public Uni<SpendView> today() {
    return DatabaseRetry.within(databaseConfig.timeout(), report.today())
        .map(today -> SpendView.of(today, spendConfig));
  }

  @POST
  @Path("/pause")
  @Operation(
      operationId = "pauseSending",
      summary = "Pause the sending of all texts at all replicas",
      description =
          "For operators. Texts are still queued, and wait until sending is resumed; a text whose "
              + "request to Twilio is in progress is still sent. Notices in the response to a text "
              + "are omitted. A restart does not end the pause.")
  @APIResponse(responseCode = "200", description = "Sending is paused")
  public Uni<SpendView> pause(@Context RoutingContext request) {
    return inTime(sending.pause())
        .call(() -> audit.note(request, "paused sending", "all texts"))
        .flatMap(done -> today());
  }

  @POST
  @Path("/resume")
  @Operation(
      operationId = "resumeSending",
      summary = "Resume the sending of texts; waiting texts are sent within seconds",
      description = "For operators. If sending is not paused, nothing changes.")
  @APIResponse(responseCode = "200", description = "Sending is not paused")
  public Uni<SpendView> resume(@Context RoutingContext request) {
    return inTime(sending.resume())
        .call(() -> audit.note(request, "resumed sending", "all texts"))
        .flatMap(done -> today());
  }

  private Uni<Void> inTime(Uni<Void> step) {
    return DatabaseRetry.within(databaseConfig.timeout(), step);
  }
}
