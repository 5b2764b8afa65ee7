package chat.switchboard.api;

import chat.switchboard.address.Channel;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.inbound.Inbox;
import chat.switchboard.media.MessageFiles;
import chat.switchboard.outbound.OptOuts;
import chat.switchboard.outbound.OutboxOperations;
import chat.switchboard.outbound.SessionWindows;
import chat.switchboard.phones.OwnPhones;
import chat.switchboard.replies.Replies;
import chat.switchboard.routing.Mappings;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Removal of a person's data. */
@Path("/api/people")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "People")
class PeopleDoor {

  private static final String FIELD = "phoneNumber";

  private static final String DESCRIPTION =
      "Removes mappings, codes, waiting messages, sent texts and the files that the "
          + "person sent, in LibreChat as well. An opt-out stays, as a hash that "
          + "identifies no person: no text is sent to that number. A plain number is removed for "
          + "SMS, RCS and WhatsApp, in each spelling; another address (whatsapp:…) only for its "
          + "account, with every WhatsApp name of that account.";

  private final JsonBody json;
  private final PhoneIdentities identities;
  private final Mappings mappings;
  private final Inbox inbox;
  private final OutboxOperations outbox;
  private final OptOuts optOuts;
  private final Replies replies;
  private final MessageFiles files;
  private final OwnPhones phones;

  private final AuditLog audit;
  private final SessionWindows windows;

  PeopleDoor(
      JsonBody json,
      PhoneIdentities identities,
      Mappings mappings,
      Inbox inbox,
      OutboxOperations outbox,
      OptOuts optOuts,
      Replies replies,
      MessageFiles files,
      OwnPhones phones,
      SessionWindows windows,
      AuditLog audit) {
    this.windows = windows;
    this.audit = audit;
    this.json = json;
    this.identities = identities;
    this.outbox = outbox;
    this.optOuts = optOuts;
    this.mappings = mappings;
    this.inbox = inbox;
    this.replies = replies;
    this.files = files;
    this.phones = phones;
  }

  @POST
  @Path("/forget")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "forgetPersonByNumber",
      summary =
          "Remove all data of a person in Switchboard; messages in conversations stay in LibreChat",
      description = DESCRIPTION)
  @RequestBodySchema(ForgetRequest.class)
  @APIResponse(responseCode = "200", description = "The numbers of removed items")
  @APIResponse(responseCode = "400", description = "The request is invalid; error names the fault")
  public Uni<ForgottenView> forget(@Context RoutingContext request) {
    return forgetPerson(
        json.read(BodyLimit.of(request), ForgetRequest.class).phoneNumber(), request);
  }

  @DELETE
  @Path("/{phoneNumber}")
  @Operation(
      operationId = "forgetPerson",
      summary =
          "Remove all data of a person in Switchboard; messages in conversations stay in LibreChat",
      description = DESCRIPTION)
  @APIResponse(responseCode = "200", description = "The numbers of removed items")
  @APIResponse(responseCode = "400", description = "The number is invalid; error names the fault")
  public Uni<ForgottenView> forget(
      @PathParam("phoneNumber") String phoneNumber, @Context RoutingContext request) {
    return forgetPerson(phoneNumber, request);
  }

  private Uni<ForgottenView> forgetPerson(String typed, RoutingContext request) {
    PhoneAddress address = PhoneNumberParser.lookUp(FIELD, typed);
    return names(address)
        .flatMap(this::forgetNames)
        .invoke(
            forgotten -> {
              if (forgotten.foundNothing() && PhoneNumberParser.parse(typed).isEmpty()) {
                throw PhoneNumberParser.refusal(FIELD);
              }
            })
        .call(() -> audit.note(request, "forgot a person", address.masked()));
  }

  /** A plain number names the person on SMS, RCS and WhatsApp; other addresses name one account. */
  private Uni<List<String>> names(PhoneAddress address) {
    boolean plain = address.channel() == Channel.SMS && address.isNumber();
    String onWhatsApp = plain ? Channel.WHATSAPP.scheme() + address.value() : address.text();
    return identities
        .of(onWhatsApp)
        .map(
            person ->
                Stream.concat(
                        address.consentNames().stream(),
                        Stream.concat(person.names().stream(), person.consentNames().stream()))
                    .distinct()
                    .toList());
  }

  /** The known names of the person are removed last: after a failure the next call needs them. */
  private Uni<ForgottenView> forgetNames(List<String> names) {
    return replies
        .forgetPerson(names)
        .flatMap(done -> inbox.forgetPerson(names))
        .flatMap(
            received ->
                outbox
                    .forgetPerson(names)
                    .flatMap(
                        sent ->
                            files
                                .forgetPerson(names)
                                .flatMap(deleted -> rest(names, received, sent, deleted))));
  }

  private Uni<ForgottenView> rest(List<String> names, long received, long sent, long deleted) {
    return Uni.combine()
        .all()
        .unis(optOuts.forgetPerson(names), phones.forgetPerson(names))
        .asTuple()
        .flatMap(
            done ->
                mappings
                    .forget(names)
                    .map(
                        removed ->
                            new ForgottenView(
                                removed.mappings(),
                                removed.codes(),
                                received,
                                sent,
                                deleted,
                                done.getItem2(),
                                done.getItem1())))
        .call(() -> windows.forget(names))
        .call(() -> identities.forget(names));
  }
}
