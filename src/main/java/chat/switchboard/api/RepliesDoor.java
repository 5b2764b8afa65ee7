package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.replies.Replies;
import chat.switchboard.replies.Reply;
import chat.switchboard.replies.Reply.State;
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

/** Which messages wait for an answer of LibreChat's agent, and which have none for good. */
@Path(RepliesDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Replies")
class RepliesDoor {

  static final String PATH = "/api/replies";

  private final Replies replies;
  private final OperatorEntries<Reply, ReplyView> entries;

  RepliesDoor(Replies replies) {
    this.replies = replies;
    this.entries =
        new OperatorEntries<>(
            replies::find, ReplyView::of, "No message with this id was to be answered");
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listReplies",
      summary = "List which messages wait for an answer, or have none",
      description = "For operators: messages that LibreChat's agent was to answer, by state.")
  @APIResponse(responseCode = "200", description = "A page of messages")
  public Uni<PageView<ReplyView>> list(
      @Parameter(
              description = "In which state they are",
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
      summary = "Look at one message",
      description = "For operators: how far the answer to a message is, and what happened before.")
  @APIResponse(responseCode = "200", description = "The message")
  @APIResponse(responseCode = "404", description = "It was not to be answered")
  public Uni<ReplyView> get(@PathParam("id") String id) {
    return entries.get(id);
  }

  @POST
  @Path("/{id}/requeue")
  @Operation(
      operationId = "requeueReply",
      summary = "Give a dead letter another chance",
      description =
          "For operators, when what it failed for has been mended: the agent is asked again.")
  @APIResponse(responseCode = "200", description = "The message, which waits for its answer")
  @APIResponse(responseCode = "404", description = "It was not to be answered")
  @APIResponse(responseCode = "409", description = "It is no dead letter")
  public Uni<ReplyView> requeue(@PathParam("id") String id) {
    return entries.changed(id, replies.requeue(id), "Only a dead letter can be requeued");
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "dropReply",
      summary = "Give up a message that waits for its answer, or a dead letter",
      description = "For operators: the message stays in its conversation, without an answer.")
  @APIResponse(responseCode = "204", description = "It is gone")
  @APIResponse(responseCode = "404", description = "It was not to be answered")
  @APIResponse(responseCode = "409", description = "It is being answered, or is done")
  public Uni<RestResponse<Void>> drop(@PathParam("id") String id) {
    return entries.dropped(
        id, replies.drop(id), "It is being answered, or is done; only the memory of it is here");
  }
}
