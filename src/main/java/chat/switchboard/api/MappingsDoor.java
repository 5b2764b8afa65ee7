package chat.switchboard.api;

import chat.switchboard.address.Mask;
import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.SessionWindows;
import chat.switchboard.routing.Mapping;
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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
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

/** Mappings of people to conversations. */
@Path(MappingsDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Mappings")
class MappingsDoor {

  static final String PATH = "/api/mappings";

  private final JsonBody json;
  private final Mappings mappings;
  private final SessionWindows windows;

  private final AuditLog audit;

  MappingsDoor(JsonBody json, Mappings mappings, SessionWindows windows, AuditLog audit) {
    this.windows = windows;
    this.audit = audit;
    this.json = json;
    this.mappings = mappings;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listMappings",
      summary = "List mappings of people to conversations, the most recently used first",
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
            mappings.list(number, conversation, page.offset(), page.limit()).flatMap(this::views),
            mappings.count(number, conversation),
            Function.identity())
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
      summary =
          "Map a person to a conversation, and create a code that links other people to the "
              + "conversation",
      description =
          "From then on the person's messages to the service number go into that conversation, and "
              + "textPeopleOfConversation reaches the person. No text message is sent.")
  @RequestBodySchema(MappingRequest.class)
  @APIResponse(
      responseCode = "201",
      headers = @Header(name = "Location", ref = "Location"),
      description = "The mapping, with its code",
      content = @Content(schema = @Schema(implementation = MappingView.class)))
  @APIResponse(responseCode = "404", description = "No such conversation exists")
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
            made -> made.orElseThrow(() -> ProblemException.of(404, "No conversation has this id")))
        .call(made -> audit.note(request, "made a mapping", subject(made.mapping())))
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
      summary = "Get one mapping",
      description =
          "Returns the person, the conversation and the time of the person's last " + "message.")
  @APIResponse(responseCode = "200", description = "The mapping")
  @APIResponse(responseCode = "404", description = "No such mapping exists")
  public Uni<MappingView> get(@PathParam("id") String id) {
    return mappings
        .find(id)
        .map(found -> found.orElseThrow(MappingsDoor::unknown))
        .flatMap(mapping -> views(List.of(mapping)))
        .map(views -> views.get(0));
  }

  private Uni<List<MappingView>> views(List<Mapping> found) {
    return windows
        .of(found.stream().map(MappingsDoor::pair).toList())
        .map(
            known ->
                found.stream()
                    .map(mapping -> MappingView.of(mapping, known.get(pair(mapping))))
                    .toList());
  }

  static SessionWindows.Pair pair(Mapping mapping) {
    return new SessionWindows.Pair(
        mapping.phoneNumber,
        Optional.ofNullable(mapping.serviceNumber).filter(number -> !number.isEmpty()));
  }

  @DELETE
  @Path("/{id}")
  @Operation(
      operationId = "removeMapping",
      summary = "Remove a mapping and its code; the conversation stays",
      description =
          "The person's next message opens a new conversation, or goes into an older one.")
  @APIResponse(responseCode = "204", description = "The mapping is removed")
  @APIResponse(responseCode = "404", description = "No such mapping exists")
  public Uni<RestResponse<Void>> remove(
      @PathParam("id") String id, @Context RoutingContext request) {
    return mappings
        .find(id)
        .map(found -> found.orElseThrow(MappingsDoor::unknown))
        .flatMap(
            mapping ->
                mappings
                    .remove(id)
                    .invoke(
                        removed -> {
                          if (!removed) {
                            throw unknown();
                          }
                        })
                    .call(() -> audit.note(request, "removed a mapping", subject(mapping))))
        .map(removed -> RestResponse.noContent());
  }

  @POST
  @Path("/{id}/code")
  @Operation(
      operationId = "renewCode",
      summary = "Create a new code; the old code becomes invalid",
      description =
          "A person who sends the code, alone or before a text, is linked to the conversation.")
  @APIResponse(responseCode = "200", description = "The mapping, with its new code")
  @APIResponse(responseCode = "404", description = "No such mapping exists")
  public Uni<MappingView> renew(@PathParam("id") String id, @Context RoutingContext request) {
    return mappings
        .renew(id)
        .map(renewed -> renewed.orElseThrow(MappingsDoor::unknown))
        .call(renewed -> audit.note(request, "made a code", subject(renewed.mapping())))
        .map(MappingsDoor::view);
  }

  private static String subject(Mapping mapping) {
    return mapping.id + " of " + Mask.phone(mapping.phoneNumber);
  }

  private static MappingView view(WithCode made) {
    return MappingView.of(made.mapping(), made.code());
  }

  private static ProblemException unknown() {
    return ProblemException.of(404, "No mapping has this id");
  }
}
