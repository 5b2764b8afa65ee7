package chat.switchboard.api;

import chat.switchboard.address.Mask;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.Outbox;
import chat.switchboard.outbound.OutboxEntry;
import chat.switchboard.outbound.OutboxOperations;
import chat.switchboard.outbound.OutboxState;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
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
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
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

/** Outgoing texts and their states. */
@Path(SmsDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Texts")
class SmsDoor {

  static final String PATH = "/api/sms";

  private static final String SENT = "The text was sent, or may have been sent";

  private final JsonBody json;
  private final SendText sendText;
  private final SendGroupText sendGroupText;
  private final Outbox outbox;
  private final OutboxOperations operators;
  private final AuditLog audit;
  private final OperatorEntries<OutboxEntry, SmsView> entries;

  SmsDoor(
      JsonBody json,
      SendText sendText,
      SendGroupText sendGroupText,
      Outbox outbox,
      OutboxOperations operators,
      AuditLog audit) {
    this.json = json;
    this.sendText = sendText;
    this.sendGroupText = sendGroupText;
    this.outbox = outbox;
    this.operators = operators;
    this.audit = audit;
    this.entries = new OperatorEntries<>(outbox::find, this::view, "No text has this id");
  }

  /** Refuses what a record cannot tell from a missing field. */
  private static void check(JsonNode body) {
    OneRecipient.check(body);
    TemplateRequest.check(body);
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "sendText",
      summary = "Send a text message to a person's phone",
      description =
          "Sends one text (SMS, WhatsApp or RCS) to one phone number. The person can answer, and "
              + "the answer appears in the given conversation. The text is queued and sent within "
              + "seconds, or at sendAt; use getText to learn whether the text arrived. Never send the same text "
              + "again because no response arrived: the text may be on its way.")
  @Parameter(name = IdempotencyKeys.HEADER, in = ParameterIn.HEADER)
  @RequestBodySchema(SmsRequest.class)
  @APIResponse(
      responseCode = "202",
      headers = {
        @Header(name = "Location", ref = "Location"),
        @Header(name = "Idempotency-Replayed", ref = "IdempotencyReplayed")
      },
      description = "The text is queued",
      content = @Content(schema = @Schema(implementation = SmsQueuedView.class)))
  @APIResponse(responseCode = "404", description = "No such conversation exists")
  @APIResponse(
      responseCode = "409",
      description =
          "The person has opted out of texts (blocked), or the Idempotency-Key was used for "
              + "another text, or WhatsApp's window is closed and the text may not wait; error "
              + "names the reason")
  @APIResponse(
      responseCode = "410",
      description = "The text was requested before and has been " + "removed")
  @APIResponse(
      responseCode = "429",
      description =
          "The spend guard refuses the text: its country or range of numbers is not allowed, or a "
              + "limit of the day is reached (error names the limit; Retry-After is the next "
              + "UTC day); or too many texts wait for their time")
  @APIResponse(
      responseCode = "503",
      description =
          "Sending is not configured (error names the missing setting), or the database "
              + "cannot be reached")
  public Uni<RestResponse<SmsQueuedView>> send(@Context RoutingContext request) {
    SmsRequest wanted = json.read(BodyLimit.of(request), SmsRequest.class, SmsDoor::check);
    sendText.requireLength(wanted.text());
    String id = SmsOrderRequest.id(IdempotencyKeys.of(request));
    return sendText.take(wanted.order(id)).map(this::accepted);
  }

  private RestResponse<SmsQueuedView> accepted(Outbox.Receipt.Kept kept) {
    OutboxEntry first = kept.entries().get(0);
    ResponseBuilder<SmsQueuedView> response =
        ResponseBuilder.<SmsQueuedView>create(RestResponse.Status.ACCEPTED)
            .header("Location", PATH + "/" + first.id)
            .entity(SmsQueuedView.of(kept.entries(), outbox.code(first).orElse(null)));
    if (kept.replayed()) {
      response.header(IdempotencyKeys.REPLAYED, "true");
    }
    return response.build();
  }

  @POST
  @Path("/conversations/{conversationId}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "textPeopleOfConversation",
      summary = "Send a text message to all people of a conversation",
      description =
          "Sends the same text to the phones of all people who are mapped to this LibreChat "
              + "conversation; no phone number is needed. Their answers appear in the conversation. "
              + "The response tells for each person whether the text was accepted.")
  @Parameter(name = IdempotencyKeys.HEADER, in = ParameterIn.HEADER)
  @RequestBodySchema(GroupSmsRequest.class)
  @APIResponse(
      responseCode = "202",
      description = "The result for each person",
      content = @Content(schema = @Schema(implementation = GroupSmsView.class)))
  @APIResponse(responseCode = "404", description = "No person is mapped to this conversation")
  @APIResponse(
      responseCode = "429",
      description = "The spend guard refuses the text to every person; error names the reason")
  public Uni<RestResponse<GroupSmsView>> sendToAll(
      @PathParam("conversationId") String conversationId, @Context RoutingContext request) {
    UUID conversation = RequestFields.uuid(conversationId);
    GroupSmsRequest words = json.read(BodyLimit.of(request), GroupSmsRequest.class);
    sendText.requireLength(words.text());
    return sendGroupText
        .send(conversation, words, IdempotencyKeys.of(request))
        .map(people -> RestResponse.status(RestResponse.Status.ACCEPTED, people));
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listTexts",
      summary = "List sent and waiting texts, the newest first",
      description =
          "By state, by conversation, or both; the state dead lists texts that need an "
              + "operator.")
  @APIResponse(responseCode = "200", description = "A page of texts")
  public Uni<PageView<SmsView>> list(
      @Parameter(
              description = "The state of the texts",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {
                        "held",
                        "queued",
                        "sending",
                        "ambiguous",
                        "sent",
                        "delivered",
                        "read",
                        "undelivered",
                        "failed",
                        "blocked",
                        "cancelled",
                        "dead"
                      }))
          @QueryParam("state")
          String state,
      @QueryParam("conversationId") String conversationId,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Optional<OutboxState> wanted =
        Optional.ofNullable(state).map(name -> OperatorEntries.state(OutboxState.class, name));
    Optional<String> conversation =
        Optional.ofNullable(conversationId).map(id -> RequestFields.uuid(id).toString());
    Page page = Page.of(offset, limit);
    return page.fill(
        operators.list(wanted, conversation, page.offset(), page.limit()),
        operators.count(wanted, conversation),
        this::view);
  }

  @GET
  @RetriedRead
  @Path("/{id}")
  @Operation(
      operationId = "getText",
      summary = "Get one text: whether the text arrived, and its history",
      description =
          "status is delivered when the text is on the phone. held, queued, sending, sent and "
              + "ambiguous are not final: call getText again later, and do not send the text again.")
  @APIResponse(responseCode = "200", description = "The text")
  @APIResponse(responseCode = "404", description = "No such text exists")
  public Uni<SmsView> get(@PathParam("id") String id) {
    return entries.get(id);
  }

  @POST
  @Path("/{id}/requeue")
  @Operation(
      operationId = "requeueText",
      summary = "Requeue a failed text",
      description =
          "For operators. Only for a text that is dead, failed, undelivered or blocked; a text "
              + "that is dead because Twilio sent no status may have arrived, and would "
              + "arrive twice.")
  @APIResponse(responseCode = "200", description = "The text, which is queued")
  @APIResponse(responseCode = "404", description = "No such text exists")
  @APIResponse(
      responseCode = "409",
      description =
          "The text is not in a failed state, so it cannot be requeued; or the person may not get "
              + "the words (error names the reason)")
  @APIResponse(
      responseCode = "429",
      description =
          "The spend guard refuses the text: a limit of the day is reached; error names "
              + "the limit")
  @APIResponse(responseCode = "503", description = "Sending is not configured")
  public Uni<SmsView> requeue(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .entry(id)
        .invoke(this::requireSender)
        .flatMap(
            entry ->
                entries
                    .changed(
                        id,
                        operators.requeue(id),
                        "Only a text that is dead, failed, undelivered or blocked can be requeued")
                    .call(() -> note(request, "requeued a text", entry)));
  }

  private void requireSender(OutboxEntry entry) {
    outbox
        .unavailable(Optional.ofNullable(entry.sender))
        .ifPresent(
            missing -> {
              throw ProblemException.of(503, missing);
            });
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "dropText",
      summary = "Cancel a text that waits for its time, or drop a waiting or failed text",
      description =
          "A text that waits for sendAt or for the end of quiet hours becomes cancelled, with all "
              + "of its parts, and its history says with which key. A waiting text without such a "
              + "time, and a failed text, is removed. A text that was sent, or may have been sent, "
              + "stays until its retention ends or the person's data is removed.")
  @APIResponse(responseCode = "204", description = "The text is cancelled or removed")
  @APIResponse(responseCode = "404", description = "No such text exists")
  @APIResponse(responseCode = "409", description = "The text was sent, or may have been sent")
  public Uni<RestResponse<Void>> drop(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .entry(id)
        .flatMap(
            entry ->
                entry.mayBeCancelled()
                    ? entries
                        .dropped(id, operators.cancel(entry, cancelledBy(request)), SENT)
                        .call(
                            () ->
                                entry.state == OutboxState.CANCELLED
                                    ? Uni.createFrom().voidItem()
                                    : note(request, "cancelled a text", entry))
                    : entries
                        .dropped(id, operators.drop(id), SENT)
                        .call(() -> note(request, "dropped a text", entry)));
  }

  private static String cancelledBy(RoutingContext request) {
    return "Cancelled with the key " + ApiKey.of(request).name();
  }

  private Uni<Void> note(RoutingContext request, String action, OutboxEntry entry) {
    return audit.note(request, action, entry.id + " to " + Mask.phone(entry.phoneNumber));
  }

  private SmsView view(OutboxEntry entry) {
    return SmsView.of(entry, outbox.body(entry).orElse(null));
  }
}
