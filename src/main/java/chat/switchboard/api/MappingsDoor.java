package chat.switchboard.api;

import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.phone.PhoneNumberParser;
import chat.switchboard.routing.Mappings;
import chat.switchboard.routing.Mappings.WithCode;
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
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** Which person writes into which conversation. */
@Path(MappingsDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Mappings")
class MappingsDoor {

  static final String PATH = "/api/mappings";

  private final JsonBody json;
  private final Mappings mappings;

  MappingsDoor(JsonBody json, Mappings mappings) {
    this.json = json;
    this.mappings = mappings;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listMappings",
      summary = "List who writes into which conversation, those who wrote last first",
      description =
          "The people of a conversation (by conversationId), or the conversations of a person (by"
              + " phoneNumber).")
  @APIResponse(responseCode = "200", description = "A page of mappings")
  public Uni<PageView<MappingView>> list(
      @QueryParam("phoneNumber") String phoneNumber,
      @QueryParam("conversationId") String conversationId,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    Optional<String> number =
        Optional.ofNullable(phoneNumber)
            .map(typed -> PhoneNumberParser.lookUp("phoneNumber", typed).text());
    Optional<String> conversation =
        Optional.ofNullable(conversationId).map(id -> RequestFields.uuid(id).toString());
    return page.fill(
            mappings.list(number, conversation, page.offset(), page.limit()),
            mappings.count(number, conversation),
            MappingView::of)
        .invoke(
            found -> {
              boolean isMistyped =
                  phoneNumber != null && PhoneNumberParser.parse(phoneNumber).isEmpty();
              if (isMistyped && found.total() == 0) {
                throw PhoneNumberParser.refusal("phoneNumber");
              }
            });
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "makeMapping",
      summary = "Map a person to a conversation, and make a code that links others to it",
      description =
          "From then on what the person writes to our number goes into that conversation, and"
              + " textPeopleOfConversation reaches them. No text message is sent by it.")
  @RequestBodySchema(MappingRequest.class)
  @APIResponse(
      responseCode = "201",
      headers = @Header(name = "Location", ref = "Location"),
      description = "The mapping, with its code",
      content = @Content(schema = @Schema(implementation = MappingView.class)))
  @APIResponse(responseCode = "404", description = "There is no such conversation")
  public Uni<RestResponse<MappingView>> make(@Context RoutingContext request) {
    MappingRequest wanted = json.read(BodyLimit.of(request), MappingRequest.class);
    return mappings
        .make(
            new Mappings.Wanted(
                wanted.phoneNumber(),
                wanted.serviceNumber(),
                UUID.fromString(wanted.conversationId()),
                wanted.label(),
                wanted.forwardOwner()))
        .map(
            made ->
                made.orElseThrow(
                    () -> ProblemException.of(404, "There is no conversation with this id")))
        .map(
            made ->
                ResponseBuilder.<MappingView>create(RestResponse.Status.CREATED)
                    .header("Location", PATH + "/" + made.mapping().id)
                    .entity(view(made))
                    .build());
  }

  @GET
  @RetriedRead
  @Path("/{id}")
  @Operation(
      operationId = "getMapping",
      summary = "Look at one mapping",
      description = "Who writes into which conversation, and when they last did.")
  @APIResponse(responseCode = "200", description = "The mapping")
  @APIResponse(responseCode = "404", description = "There is no such mapping")
  public Uni<MappingView> get(@PathParam("id") String id) {
    return mappings
        .find(id)
        .map(found -> found.map(MappingView::of).orElseThrow(MappingsDoor::unknown));
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "removeMapping",
      summary = "Remove a mapping and its code; the conversation stays",
      description =
          "The person's next message opens a new conversation, or goes into an older one.")
  @APIResponse(responseCode = "204", description = "It is gone")
  @APIResponse(responseCode = "404", description = "There is no such mapping")
  public Uni<RestResponse<Void>> remove(@PathParam("id") String id) {
    return mappings
        .remove(id)
        .map(
            removed -> {
              if (!removed) {
                throw unknown();
              }
              return RestResponse.noContent();
            });
  }

  @POST
  @Path("/{id}/code")
  @Operation(
      operationId = "renewCode",
      summary = "Make a new code; the old one ends",
      description =
          "A person who sends the code, alone or before a text, is linked to the conversation.")
  @APIResponse(responseCode = "200", description = "The mapping, with its new code")
  @APIResponse(responseCode = "404", description = "There is no such mapping")
  public Uni<MappingView> renew(@PathParam("id") String id) {
    return mappings
        .renew(id)
        .map(renewed -> renewed.map(MappingsDoor::view).orElseThrow(MappingsDoor::unknown));
  }

  private static MappingView view(WithCode made) {
    return MappingView.of(made.mapping(), made.code());
  }

  private static ProblemException unknown() {
    return ProblemException.of(404, "There is no mapping with this id");
  }
}
