package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.replies.Replies;
import chat.switchboard.replies.Reply;
import chat.switchboard.replies.Reply.State;
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

/** Messages for LibreChat's agent: waiting, answered, and without an answer. */
@Path(RepliesDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Replies")
class RepliesDoor {

  static final String PATH = "/api/replies";

  private final Replies replies;
  private final OperatorEntries<Reply, ReplyView> entries;

  private final AuditLog audit;

  RepliesDoor(Replies replies, AuditLog audit) {
    this.audit = audit;
    this.replies = replies;
    this.entries =
        new OperatorEntries<>(
            replies::find, ReplyView::of, "No answer was requested for a message with this id");
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listReplies",
      summary = "List messages that wait for an answer, or have none",
      description =
          "For operators: messages for which an answer of LibreChat's agent was "
              + "requested, by state.")
  @APIResponse(responseCode = "200", description = "A page of messages")
  public Uni<PageView<ReplyView>> list(
      @Parameter(
              description = "The state of the messages",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"pending", "asking", "answered", "skipped", "dead"}))
          @QueryParam("state")
          @DefaultValue("pending")
          String state,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    State wanted = OperatorEntries.state(State.class, state);
    Page page = Page.of(offset, limit);
    return page.fill(
        replies.list(wanted, page.offset(), page.limit()), replies.count(wanted), ReplyView::of);
  }

  @GET
  @RetriedRead
  @Path("/{id}")
  @Operation(
      operationId = "getReply",
      summary = "Get one message",
      description = "For operators: the state of the answer to a message, and its history.")
  @APIResponse(responseCode = "200", description = "The message")
  @APIResponse(responseCode = "404", description = "No answer was requested for this message")
  public Uni<ReplyView> get(@PathParam("id") String id) {
    return entries.get(id);
  }

  @POST
  @Path("/{id}/requeue")
  @Operation(
      operationId = "requeueReply",
      summary = "Requeue a dead letter",
      description =
          "For operators, after the cause of the failure is removed: the agent is asked again.")
  @APIResponse(responseCode = "200", description = "The message, which waits for its answer")
  @APIResponse(responseCode = "404", description = "No answer was requested for this message")
  @APIResponse(responseCode = "409", description = "The message is not a dead letter")
  public Uni<ReplyView> requeue(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .changed(id, replies.requeue(id), "Only a dead letter can be requeued")
        .call(() -> audit.note(request, "requeued an answer", id));
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "dropReply",
      summary = "Drop a message that waits for its answer, or a dead letter",
      description = "For operators: the message stays in its conversation, without an answer.")
  @APIResponse(responseCode = "204", description = "The request for an answer is removed")
  @APIResponse(responseCode = "404", description = "No answer was requested for this message")
  @APIResponse(responseCode = "409", description = "The answer is being generated or has ended")
  public Uni<RestResponse<Void>> drop(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .dropped(
            id,
            replies.drop(id),
            "The answer is being generated or has ended; only its record is here")
        .call(() -> audit.note(request, "dropped an answer", id));
  }
}
