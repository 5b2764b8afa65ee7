package chat.switchboard.api;

import chat.switchboard.http.Problem;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** GET /api/audit: who did what. */
@Path("/api/audit")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Operations")
class AuditDoor {

  private final AuditLog log;

  AuditDoor(AuditLog log) {
    this.log = log;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listAudit",
      summary = "List the actions of operators, the newest first",
      description =
          "For operators: the name of the key, the time and the subject of each action, for "
              + "switchboard.audit.retention.")
  @APIResponse(responseCode = "200", description = "A page of actions")
  public Uni<PageView<AuditView>> list(
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    return page.fill(log.newest(page.offset(), page.limit()), log.known(), AuditView::of);
  }
}
