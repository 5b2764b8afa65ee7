package chat.switchboard.api;

import chat.switchboard.inbound.Inbox;
import chat.switchboard.ops.Problem;
import chat.switchboard.outbound.OptOuts;
import chat.switchboard.outbound.OutboxDesk;
import chat.switchboard.phone.PhoneNumberParser;
import chat.switchboard.replies.Replies;
import chat.switchboard.routing.Mappings;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Forgetting a person. */
@Path("/api/people")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "People")
class PeopleDoor {

  private final Mappings mappings;
  private final Inbox inbox;
  private final OutboxDesk outbox;
  private final OptOuts optOuts;
  private final Replies replies;

  PeopleDoor(Mappings mappings, Inbox inbox, OutboxDesk outbox, OptOuts optOuts, Replies replies) {
    this.outbox = outbox;
    this.optOuts = optOuts;
    this.mappings = mappings;
    this.inbox = inbox;
    this.replies = replies;
  }

  @DELETE
  @Path("/{phoneNumber}")
  @Operation(
      operationId = "forgetPerson",
      summary =
          "Remove everything that is kept of a person here; what stands in conversations is"
              + " LibreChat's",
      description =
          "Mappings, codes, messages that wait and texts that were sent are removed. That the person"
              + " has opted out is kept, as a hash that names nobody: no text goes there.")
  @APIResponse(
      responseCode = "200",
      description = "How much was removed",
      content = @Content(schema = @Schema(implementation = ForgottenView.class)))
  public Uni<ForgottenView> forget(
      @Parameter(
              description = "The person's phone number",
              schema = @Schema(type = SchemaType.STRING, format = "phone-number"))
          @PathParam("phoneNumber")
          String phoneNumber) {
    String number = PhoneNumberParser.read("phoneNumber", phoneNumber).text();
    // One after the other: after a failure the next call does the rest.
    return mappings
        .forget(number)
        .flatMap(
            removed ->
                replies
                    .forgetPerson(number)
                    .flatMap(done -> inbox.forgetPerson(number))
                    .flatMap(
                        received ->
                            outbox
                                .forgetPerson(number)
                                .flatMap(
                                    sent ->
                                        optOuts
                                            .forgetPerson(number)
                                            .map(
                                                hashed ->
                                                    new ForgottenView(
                                                        removed.mappings(),
                                                        removed.codes(),
                                                        received,
                                                        sent,
                                                        hashed)))));
  }
}
