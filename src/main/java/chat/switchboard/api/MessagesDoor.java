package chat.switchboard.api;

import chat.switchboard.api.ContactMessageView.MappingUsedView;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.inbound.Pipeline;
import chat.switchboard.inbound.Receipt;
import chat.switchboard.inbound.Receipt.Reason;
import chat.switchboard.inbound.Receipt.Stored;
import chat.switchboard.librechat.MessageView;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Injection of messages by callers with an API key. */
@Path("/api/messages")
@ApiKeyRequired
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Messages")
class MessagesDoor {

  private final MessageReader reader;
  private final Pipeline pipeline;

  MessagesDoor(MessageReader reader, Pipeline pipeline) {
    this.reader = reader;
    this.pipeline = pipeline;
  }

  @POST
  @Path("/{conversationId}/external")
  @Operation(
      operationId = "injectMessage",
      summary = "Add a message from outside to a conversation",
      description =
          "Stores a text in a LibreChat conversation as a message of a person outside, and shows "
              + "the message there at once. This operation sends no text message to a phone: use "
              + "sendText for that.")
  @Parameter(name = IdempotencyKeys.HEADER, in = ParameterIn.HEADER)
  @RequestBodySchema(ExternalMessageRequest.class)
  @APIResponse(
      responseCode = "201",
      headers = {
        @Header(name = "Location", ref = "Location"),
        @Header(name = "Idempotency-Replayed", ref = "IdempotencyReplayed")
      },
      description = "The stored message",
      content = @Content(schema = @Schema(implementation = MessageView.class)))
  @APIResponse(responseCode = "202", ref = "MessageWaits")
  @APIResponse(
      responseCode = "404",
      description =
          "No such conversation exists, and no owner is configured for a new conversation")
  @APIResponse(
      responseCode = "409",
      description =
          "The Idempotency-Key was used for another content, or the conversation is read-only in "
              + "LibreChat")
  @APIResponse(
      responseCode = "410",
      description = "The message was stored before and has been " + "deleted")
  public Uni<RestResponse<Object>> inject(
      @PathParam("conversationId") String conversationId, @Context RoutingContext request) {
    return pipeline
        .receive(
            reader.toConversation(
                conversationId, BodyLimit.of(request), IdempotencyKeys.of(request)))
        .map(receipt -> answer(receipt, stored -> MessageView.original(stored.message())));
  }

  @POST
  @Path("/external")
  @Operation(
      operationId = "injectMessageByPhoneNumber",
      summary = "Add a message from a person to the person's conversation",
      description =
          "Like injectMessage, but Switchboard finds the conversation by the person's phone "
              + "number; an unknown person gets a new conversation. This operation sends no text "
              + "message to a phone.")
  @Parameter(name = IdempotencyKeys.HEADER, in = ParameterIn.HEADER)
  @RequestBodySchema(ContactMessageRequest.class)
  @APIResponse(
      responseCode = "201",
      headers = {
        @Header(name = "Location", ref = "Location"),
        @Header(name = "Idempotency-Replayed", ref = "IdempotencyReplayed")
      },
      description = "The stored message, and the mapping that led to its conversation",
      content = @Content(schema = @Schema(implementation = ContactMessageView.class)))
  @APIResponse(responseCode = "202", ref = "MessageWaits")
  @APIResponse(responseCode = "404", description = "No owner is configured for a new conversation")
  @APIResponse(
      responseCode = "409",
      description = "The Idempotency-Key was used for another " + "content")
  @APIResponse(
      responseCode = "410",
      description = "The message was stored before and has been " + "deleted")
  public Uni<RestResponse<Object>> injectByPhoneNumber(@Context RoutingContext request) {
    return pipeline
        .receive(reader.toContact(BodyLimit.of(request), IdempotencyKeys.of(request)))
        .map(receipt -> answer(receipt, MessagesDoor::withMapping));
  }

  private static ContactMessageView withMapping(Stored stored) {
    return new ContactMessageView(
        MessageView.original(stored.message()),
        stored.mapping().map(MappingUsedView::of).orElse(null));
  }

  private static RestResponse<Object> answer(Receipt receipt, Function<Stored, Object> view) {
    if (receipt instanceof Stored stored) {
      ResponseBuilder<Object> response =
          ResponseBuilder.create(RestResponse.Status.CREATED)
              .type(MediaType.APPLICATION_JSON_TYPE)
              .header(
                  "Location",
                  // Returns LibreChat's own address of the message.
                  "/api/messages/"
                      + stored.message().conversationId
                      + "/"
                      + stored.message().messageId)
              .entity(view.apply(stored));
      if (stored.replayed()) {
        response.header(IdempotencyKeys.REPLAYED, "true");
      }
      return response.build();
    }
    if (receipt instanceof Receipt.Kept kept) {
      return ResponseBuilder.<Object>create(RestResponse.Status.ACCEPTED)
          .type(MediaType.APPLICATION_JSON_TYPE)
          .header("Location", InboxDoor.PATH + "/" + kept.entry().id)
          .entity(InboxView.of(kept.entry()))
          .build();
    }
    if (receipt instanceof Receipt.Refused refused) {
      throw refusal(refused.reason());
    }
    // A program shows its code beside the text, so that its message is never a code alone.
    throw refusal(Reason.NO_CONVERSATION);
  }

  private static ProblemException refusal(Reason reason) {
    return switch (reason) {
      case BUSY ->
          ProblemException.later(
              429, "Too many messages are in progress; try again later", Duration.ofSeconds(1));
      case WRONG_CODE -> ProblemException.of(404, "The code is unknown or has expired");
      case TOO_MANY_CODES ->
          ProblemException.later(
              429, "This sender has sent too many wrong codes", Duration.ofHours(1));
      case STRANGER ->
          ProblemException.of(
              403, "This sender is unknown, and messages from unknown senders are " + "refused");
      case READ_ONLY ->
          ProblemException.of(
              409,
              "This conversation is the thread of a sub-agent, which is read-only in LibreChat");
      case CONFLICT ->
          ProblemException.of(409, "This Idempotency-Key was used before for another content");
      case GONE ->
          ProblemException.of(410, "This message was stored before and has since been deleted");
      case NO_OWNER ->
          ProblemException.of(
              404,
              "This sender has no conversation, and switchboard.owner names no LibreChat user as "
                  + "the owner of a new conversation");
      case NO_CONVERSATION -> ProblemException.of(404, "No conversation has this id");
    };
  }
}
