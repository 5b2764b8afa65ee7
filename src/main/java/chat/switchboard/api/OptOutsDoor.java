package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.outbound.OptOuts;
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

/** The opt-outs. An operator cannot remove an opt-out: only the person can, with START. */
@Path("/api/optouts")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Texts")
class OptOutsDoor {

  private final OptOuts optOuts;

  OptOutsDoor(OptOuts optOuts) {
    this.optOuts = optOuts;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listOptOuts",
      summary = "List people who have opted out of texts, the newest first",
      description = "These people get no texts from that number until they write START themselves.")
  @APIResponse(responseCode = "200", description = "A page of people who have opted out")
  public Uni<PageView<OptOutView>> list(
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    return page.fill(optOuts.list(page.offset(), page.limit()), optOuts.count(), OptOutView::of);
  }
}
