package chat.switchboard.api;

import chat.switchboard.events.EventReceivers;
import chat.switchboard.http.Problem;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The configured receivers of outgoing events. */
@Path(EventsDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Hooks")
class EventsDoor {

  static final String PATH = "/api/events";

  private final EventReceivers receivers;
  private final AuditLog audit;

  EventsDoor(EventReceivers receivers, AuditLog audit) {
    this.receivers = receivers;
    this.audit = audit;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listEventReceivers",
      summary = "List the receivers of outgoing events",
      description = "For operators: the receivers of the configuration (switchboard.events).")
  @APIResponse(responseCode = "200", description = "A page of receivers")
  public Uni<PageView<EventReceiverView>> list(
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    return receivers
        .all()
        .map(
            all ->
                new PageView<>(
                    all.stream()
                        .skip(page.offset())
                        .limit(page.limit())
                        .map(EventReceiverView::of)
                        .toList(),
                    all.size(),
                    page.offset(),
                    page.limit()));
  }

  @POST
  @Path("/{name}/resume")
  @Operation(
      operationId = "resumeEventReceiver",
      summary = "Switch a receiver on again that was switched off after 5 days of failures",
      description = "For operators. Events of the time between are not sent.")
  @APIResponse(responseCode = "200", description = "The receiver")
  @APIResponse(responseCode = "404", description = "No such receiver is configured")
  public Uni<EventReceiverView> resume(
      @PathParam("name") String name, @Context RoutingContext request) {
    return receivers
        .resume(name)
        .call(resumed -> audit.note(request, "resumed a receiver of events", name))
        .map(EventReceiverView::of);
  }
}
