package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.inbound.Inbox;
import chat.switchboard.inbound.InboxEntry;
import chat.switchboard.inbound.InboxEntry.State;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** What waits, and what failed for good. */
@Path(InboxDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Inbox")
class InboxDoor {

  static final String PATH = "/api/inbox";

  private final Inbox inbox;
  private final OperatorEntries<InboxEntry, InboxView> entries;

  InboxDoor(Inbox inbox) {
    this.inbox = inbox;
    this.entries =
        new OperatorEntries<>(
            inbox::find, InboxView::of, "There is no message with this id in the inbox");
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listInbox",
      summary = "List what waits, or what failed for good",
      description = "For operators: messages that came in and are not in their conversation yet.")
  @APIResponse(responseCode = "200", description = "A page of messages")
  public Uni<PageView<InboxView>> list(
      @Parameter(
              description = "received: it waits",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"received", "appended", "dead"}))
          @QueryParam("state")
          @DefaultValue("received")
          String state,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    State wanted = OperatorEntries.state(State.class, state);
    Page page = Page.of(offset, limit);
    return page.fill(
        inbox.list(wanted, page.offset(), page.limit()), inbox.count(wanted), InboxView::of);
  }

  @GET
  @RetriedRead
  @Path("/{id}")
  @Operation(
      operationId = "getInboxEntry",
      summary = "Look at one message",
      description = "For operators: how far a message is that came in, and what it waits for.")
  @APIResponse(responseCode = "200", description = "The message")
  @APIResponse(responseCode = "404", description = "There is no such message")
  public Uni<InboxView> get(@PathParam("id") String id) {
    return entries.get(id);
  }

  @POST
  @Path("/{id}/requeue")
  @Operation(
      operationId = "requeueInboxEntry",
      summary = "Give a dead letter another chance",
      description = "For operators, when what it failed for has been mended.")
  @APIResponse(responseCode = "200", description = "The message, which waits")
  @APIResponse(responseCode = "404", description = "There is no such message")
  @APIResponse(responseCode = "409", description = "It is no dead letter")
  public Uni<InboxView> requeue(@PathParam("id") String id) {
    return entries.changed(id, inbox.requeue(id), "Only a dead letter can be requeued");
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "dropInboxEntry",
      summary = "Drop a message that waits, or a dead letter",
      description = "For operators: it is lost by that.")
  @APIResponse(responseCode = "204", description = "It is gone")
  @APIResponse(responseCode = "404", description = "There is no such message")
  @APIResponse(responseCode = "409", description = "It stands in its conversation already")
  public Uni<RestResponse<Void>> drop(@PathParam("id") String id) {
    return entries.dropped(
        id, inbox.drop(id), "It stands in its conversation; only the memory of it is here");
  }
}
