package chat.switchboard.api;

import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.phones.OwnPhones;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/**
 * The data of the page on which users link their phones. The proof is LibreChat's access token in
 * the header {@code Authorization}, as for the stream: no cookie, so that no other page can use the
 * reader's session.
 */
@Path("/switchboard/phone")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "accessToken")
@Tag(name = "Phones")
class PhonePageDoor {

  private final JsonBody json;
  private final OwnPhones phones;
  private final TokenUsers users;

  PhonePageDoor(JsonBody json, OwnPhones phones, TokenUsers users) {
    this.json = json;
    this.phones = phones;
    this.users = users;
  }

  @GET
  @Path("/phones")
  @Operation(
      operationId = "listMyPhones",
      summary = "List the phones of the user of the token",
      description = "Returns also the service numbers that take a code.")
  @APIResponse(
      responseCode = "200",
      description = "The phones",
      content = @Content(schema = @Schema(implementation = PhonePageView.class)))
  public Uni<RestResponse<PhonePageView>> list(@Context RoutingContext request) {
    return forUser(
        request,
        user ->
            phones
                .of(user)
                .map(
                    found ->
                        answer(
                            RestResponse.Status.OK,
                            new PhonePageView(
                                found.stream().map(PhoneView::of).toList(), phones.textTo()))));
  }

  @POST
  @Path("/codes")
  @Operation(
      operationId = "makeMyPhoneCode",
      summary = "Create a code; the phone that texts the code becomes the phone of the user",
      description = "The earlier codes of the user become invalid.")
  @APIResponse(
      responseCode = "201",
      description = "The code",
      content = @Content(schema = @Schema(implementation = PhoneCodeView.class)))
  public Uni<RestResponse<PhoneCodeView>> make(@Context RoutingContext request) {
    return forUser(
        request,
        user ->
            phones
                .newCode(user)
                .map(made -> answer(RestResponse.Status.CREATED, PhoneCodeView.of(made))));
  }

  @PUT
  @Path("/phones/{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "chooseForMyPhone",
      summary = "Choose the agent or the model of the conversations that texts of a phone open",
      description = "An empty choice is the default: as in the newest conversation of the user.")
  @RequestBodySchema(PhoneChoiceRequest.class)
  @APIResponse(responseCode = "204", description = "The choice is stored")
  @APIResponse(responseCode = "404", description = "The user has no such phone")
  public Uni<RestResponse<Void>> choose(
      @Context RoutingContext request, @PathParam("id") String id) {
    return forUser(
        request,
        user -> {
          PhoneChoiceRequest wanted = json.read(BodyLimit.of(request), PhoneChoiceRequest.class);
          return phones
              .choose(user, id, wanted.endpoint(), wanted.model(), wanted.agentId())
              .map(PhonePageDoor::done);
        });
  }

  @DELETE
  @Path("/phones/{id}")
  @Operation(
      operationId = "unlinkMyPhone",
      summary = "Unlink a phone of the user; the conversations stay",
      description = "The next text of the number counts as a text of a stranger.")
  @APIResponse(responseCode = "204", description = "The phone is unlinked")
  @APIResponse(responseCode = "404", description = "The user has no such phone")
  public Uni<RestResponse<Void>> unlink(
      @Context RoutingContext request, @PathParam("id") String id) {
    return forUser(request, user -> phones.unlink(user, id).map(PhonePageDoor::done));
  }

  private <T> Uni<T> forUser(RoutingContext request, Function<String, Uni<T>> then) {
    return users.answer(request, "phone", then);
  }

  private static <T> RestResponse<T> answer(RestResponse.Status status, T view) {
    return ResponseBuilder.create(status, view).header("Cache-Control", "no-store").build();
  }

  private static RestResponse<Void> done(boolean found) {
    if (!found) {
      throw ProblemException.of(404, "You have no phone with this id");
    }
    return RestResponse.noContent();
  }
}
