package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.inbound.Inbox;
import chat.switchboard.inbound.InboxEntry;
import chat.switchboard.inbound.InboxEntry.State;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** Waiting messages and dead letters. */
@Path(InboxDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Inbox")
class InboxDoor {

  static final String PATH = "/api/inbox";

  private final Inbox inbox;
  private final OperatorEntries<InboxEntry, InboxView> entries;

  private final AuditLog audit;

  InboxDoor(Inbox inbox, AuditLog audit) {
    this.audit = audit;
    this.inbox = inbox;
    this.entries =
        new OperatorEntries<>(inbox::find, InboxView::of, "The inbox has no message with this id");
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listInbox",
      summary = "List waiting messages or dead letters",
      description = "For operators: received messages that are not yet in their conversation.")
  @APIResponse(responseCode = "200", description = "A page of messages")
  public Uni<PageView<InboxView>> list(
      @Parameter(
              description = "received: the message waits",
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
      summary = "Get one message",
      description = "For operators: the state of a received message, and the cause of its wait.")
  @APIResponse(responseCode = "200", description = "The message")
  @APIResponse(responseCode = "404", description = "No such message exists")
  public Uni<InboxView> get(@PathParam("id") String id) {
    return entries.get(id);
  }

  @POST
  @Path("/{id}/requeue")
  @Operation(
      operationId = "requeueInboxEntry",
      summary = "Requeue a dead letter",
      description = "For operators, after the cause of the failure is removed.")
  @APIResponse(responseCode = "200", description = "The message, which waits again")
  @APIResponse(responseCode = "404", description = "No such message exists")
  @APIResponse(responseCode = "409", description = "The message is not a dead letter")
  public Uni<InboxView> requeue(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .changed(id, inbox.requeue(id), "Only a dead letter can be requeued")
        .call(() -> audit.note(request, "requeued a message", id));
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "dropInboxEntry",
      summary = "Drop a waiting message or a dead letter",
      description = "For operators: the message is lost.")
  @APIResponse(responseCode = "204", description = "The message is removed")
  @APIResponse(responseCode = "404", description = "No such message exists")
  @APIResponse(responseCode = "409", description = "The message is already in its conversation")
  public Uni<RestResponse<Void>> drop(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .dropped(
            id,
            inbox.drop(id),
            "The message is already in its conversation; only its record is in the " + "inbox")
        .call(() -> audit.note(request, "dropped a message", id));
  }
}
