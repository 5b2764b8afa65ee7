package chat.switchboard.api;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneAddress;
import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.librechat.User;
import chat.switchboard.librechat.Users;
import chat.switchboard.phones.OwnPhones;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** The own phones of LibreChat's users, for operators. */
@Path("/api/phones")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Phones")
class PhonesDoor {

  private final JsonBody json;
  private final OwnPhones phones;
  private final Users users;
  private final AuditLog audit;

  PhonesDoor(JsonBody json, OwnPhones phones, Users users, AuditLog audit) {
    this.json = json;
    this.phones = phones;
    this.users = users;
    this.audit = audit;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listPhones",
      summary = "List the own phones of LibreChat's users, the newest first",
      description = "The phones of a user, or the user of a phone.")
  @APIResponse(responseCode = "200", description = "A page of phones")
  public Uni<PageView<PhoneView>> list(
      @Parameter(
              description = "A LibreChat user: e-mail address or id",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      minLength = 1,
                      maxLength = PhoneCodeRequest.LONGEST_USER,
                      pattern = "\\S"))
          @QueryParam("user")
          String user,
      @QueryParam("phoneNumber") String phoneNumber,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    Optional<PhoneAddress> person =
        Optional.ofNullable(phoneNumber)
            .map(typed -> PhoneNumberParser.lookUp("phoneNumber", typed));
    Optional<String> wanted =
        Optional.ofNullable(user).map(given -> new PhoneCodeRequest(given).user());
    return id(wanted)
        .flatMap(
            known ->
                page.fill(
                    phones.list(person, known, page.offset(), page.limit()),
                    phones.count(person, known),
                    PhoneView::of));
  }

  /** The id of the user; a user whom LibreChat does not have has no phones. */
  private Uni<Optional<String>> id(Optional<String> wanted) {
    return wanted
        .map(
            given ->
                users
                    .findOnly(given)
                    .map(
                        found ->
                            Optional.of(
                                found.map(user -> user.id.toHexString()).orElse(given.strip()))))
        .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "makePhoneCode",
      summary = "Create a code; the phone that texts the code becomes the phone of a user",
      description =
          "Give the code to that user only. Each person who texts the code to a service number links "
              + "the number to the user's account; the user's earlier codes become invalid.")
  @RequestBodySchema(PhoneCodeRequest.class)
  @APIResponse(
      responseCode = "201",
      description = "The code",
      content = @Content(schema = @Schema(implementation = PhoneCodeView.class)))
  @APIResponse(responseCode = "404", description = "LibreChat has no such user")
  public Uni<RestResponse<PhoneCodeView>> make(@Context RoutingContext request) {
    String wanted = json.read(BodyLimit.of(request), PhoneCodeRequest.class).user();
    return users
        .findOnly(wanted)
        .map(
            found ->
                found.orElseThrow(
                    () ->
                        ProblemException.of(
                            404,
                            "LibreChat has no such user, or several with this e-mail address: use"
                                + " the id of the user")))
        .flatMap(user -> make(request, user));
  }

  private Uni<RestResponse<PhoneCodeView>> make(RoutingContext request, User user) {
    return phones
        .newCode(user.id.toHexString())
        .call(made -> audit.note(request, "made a code of an own phone", user.id.toHexString()))
        .map(made -> RestResponse.status(RestResponse.Status.CREATED, PhoneCodeView.of(made)));
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "unlinkPhone",
      summary = "Unlink a phone from its user; the conversations stay",
      description =
          "The number's next text counts as a stranger's, and nothing of the user's conversations "
              + "is sent to the number.")
  @APIResponse(responseCode = "204", description = "The phone is unlinked")
  @APIResponse(responseCode = "404", description = "No such phone exists")
  public Uni<RestResponse<Void>> unlink(
      @Context RoutingContext request, @PathParam("id") String id) {
    return phones
        .find(id)
        .map(found -> found.orElseThrow(PhonesDoor::unknown))
        .flatMap(
            phone ->
                phones
                    .unlink(phone.userId(), phone.id())
                    .call(
                        done ->
                            audit.note(
                                request,
                                "changed an owner's phone",
                                Mask.phone(phone.phoneNumber()))))
        .map(
            done -> {
              if (!done) {
                throw unknown();
              }
              return RestResponse.noContent();
            });
  }

  private static ProblemException unknown() {
    return ProblemException.of(404, "No phone has this id");
  }
}
