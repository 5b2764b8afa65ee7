package chat.switchboard.api;

import chat.switchboard.hooks.DeliveryEntity;
import chat.switchboard.hooks.HookAdmin;
import chat.switchboard.hooks.HookDeliveries;
import chat.switchboard.hooks.ManagedHook;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.ProblemException;
import chat.switchboard.http.PublicUrl;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBodySchema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** The hooks of operators: making, changing and trying hooks, and the deliveries of each hook. */
@Path(HooksDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Hooks")
class HooksDoor {

  static final String PATH = "/api/hooks";

  private static final String NO_HOOK = "No such hook exists";
  private static final String READ_ONLY = "The hook is in the configuration";

  private final JsonBody json;
  private final HookAdmin hooks;
  private final HookDeliveries deliveries;
  private final HookOwner owners;
  private final AuditLog audit;
  private final PublicUrl publicUrl;

  HooksDoor(
      JsonBody json,
      HookAdmin hooks,
      HookDeliveries deliveries,
      HookOwner owners,
      AuditLog audit,
      PublicUrl publicUrl) {
    this.json = json;
    this.hooks = hooks;
    this.deliveries = deliveries;
    this.owners = owners;
    this.audit = audit;
    this.publicUrl = publicUrl;
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listHooks",
      summary = "List the hooks, by their names",
      description = "For operators: hooks made by this API, and hooks of the configuration.")
  @APIResponse(responseCode = "200", description = "A page of hooks")
  public Uni<PageView<HookView>> list(
      @Context RoutingContext request,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    return Uni.combine()
        .all()
        .unis(hooks.all(), owners.limit(request))
        .with((all, user) -> all.stream().filter(hook -> HookOwner.isOwn(user, hook)).toList())
        .map(
            all ->
                new PageView<>(
                    all.stream()
                        .skip(page.offset())
                        .limit(page.limit())
                        .map(hook -> view(hook, null))
                        .toList(),
                    all.size(),
                    page.offset(),
                    page.limit()));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "makeHook",
      summary = "Make a hook, by which another service's webhooks become messages",
      description =
          "The response has the address and, only now, the secret to enter at the service.")
  @RequestBodySchema(HookRequest.class)
  @APIResponse(
      responseCode = "201",
      headers = @Header(name = "Location", ref = "Location"),
      description = "The hook, with its secret if one was made",
      content = @Content(schema = @Schema(implementation = HookView.class)))
  @APIResponse(
      responseCode = "404",
      description = "LibreChat has no such user, or the owner has no such conversation")
  @APIResponse(responseCode = "409", description = "A hook has this name, or there are too many")
  public Uni<RestResponse<HookView>> make(@Context RoutingContext request) {
    HookRequest wanted = json.read(BodyLimit.of(request), HookRequest.class);
    String name = RequestFields.needed("name", wanted.name().orElse(null));
    return owners
        .of(wanted, request)
        .flatMap(
            owner -> hooks.create(wanted.hook(name, owner), wanted.secrets().orElse(List.of())))
        .call(made -> audit.note(request, "made a hook", name))
        .map(
            made ->
                ResponseBuilder.<HookView>create(RestResponse.Status.CREATED)
                    .header("Location", PATH + "/" + name)
                    .entity(view(made.hook(), made.secret().made().orElse(null)))
                    .build());
  }

  @GET
  @RetriedRead
  @Path("/{name}")
  @Operation(
      operationId = "getHook",
      summary = "Get one hook",
      description = "For operators. The secrets of a hook are never shown.")
  @APIResponse(responseCode = "200", description = "The hook")
  @APIResponse(responseCode = "404", description = NO_HOOK)
  public Uni<HookView> get(@PathParam("name") String name, @Context RoutingContext request) {
    return found(name, request).map(hook -> view(hook, null));
  }

  @PUT
  @Path("/{name}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "changeHook",
      summary = "Replace a hook; without secrets in the request the hook keeps its secrets",
      description = "A missing field gets its default value, as in a new hook.")
  @RequestBodySchema(HookRequest.class)
  @APIResponse(responseCode = "200", description = "The changed hook")
  @APIResponse(responseCode = "404", description = "No such hook, user or conversation exists")
  @APIResponse(responseCode = "409", description = READ_ONLY)
  public Uni<HookView> change(@PathParam("name") String name, @Context RoutingContext request) {
    HookRequest wanted = json.read(BodyLimit.of(request), HookRequest.class);
    if (wanted.name().filter(other -> !other.equals(name)).isPresent()) {
      throw ProblemException.of(400, "name must be the name in the address: a hook keeps its name");
    }
    return found(name, request)
        .flatMap(there -> owners.of(wanted, request))
        .flatMap(
            owner -> hooks.replace(wanted.hook(name, owner), wanted.secrets().orElse(List.of())))
        .call(changed -> audit.note(request, "changed a hook", name))
        .map(changed -> view(changed, null));
  }

  @DELETE
  @Path("/{name}")
  @Operation(
      operationId = "removeHook",
      summary = "Remove a hook; its conversations stay",
      description = "The service's next webhook is answered with 404.")
  @APIResponse(responseCode = "204", description = "The hook is removed")
  @APIResponse(responseCode = "404", description = NO_HOOK)
  @APIResponse(responseCode = "409", description = READ_ONLY)
  public Uni<RestResponse<Void>> remove(
      @PathParam("name") String name, @Context RoutingContext request) {
    return found(name, request)
        .flatMap(hook -> hooks.remove(name))
        .call(removed -> audit.note(request, "removed a hook", name))
        .replaceWith(RestResponse.noContent());
  }

  @POST
  @Path("/{name}/secret")
  @Operation(
      operationId = "renewHookSecret",
      summary = "Make a new secret; the older one is valid for 24 hours more",
      description =
          "Without a body a secret is made and shown only now; with a body the secret of a service "
              + "that makes its own is set.")
  @RequestBody(
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = HookSecretRequest.class)))
  @APIResponse(responseCode = "200", description = "The new secret")
  @APIResponse(responseCode = "404", description = NO_HOOK)
  @APIResponse(responseCode = "409", description = READ_ONLY)
  public Uni<HookSecretView> renew(
      @PathParam("name") String name, @Context RoutingContext request) {
    byte[] body = BodyLimit.of(request);
    Optional<String> given =
        body.length == 0
            ? Optional.empty()
            : Optional.of(json.read(body, HookSecretRequest.class).secret());
    return found(name, request)
        .flatMap(hook -> hooks.rotate(name, given))
        .call(made -> audit.note(request, "renewed the secret of a hook", name))
        .map(made -> HookSecretView.of(name, made));
  }

  @POST
  @Path("/{name}/preview")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "previewHook",
      summary = "Show what a hook does with a sample; nothing is stored",
      description =
          "Shows which condition let the sample through or not, the conversation's key and title, "
              + "and the text.")
  @RequestBodySchema(HookPreviewRequest.class)
  @APIResponse(responseCode = "200", description = "The result")
  @APIResponse(responseCode = "404", description = NO_HOOK)
  public Uni<HookPreviewView> preview(
      @PathParam("name") String name, @Context RoutingContext request) {
    HookPreviewRequest sample = json.read(BodyLimit.of(request), HookPreviewRequest.class);
    return found(name, request)
        .flatMap(
            hook ->
                hooks.preview(
                    name, sample.headers().orElse(Map.of()), sample.text(), address(name)))
        .map(HookPreviewView::of);
  }

  @GET
  @RetriedRead
  @Path("/{name}/deliveries")
  @Operation(
      operationId = "listHookDeliveries",
      summary = "List the deliveries of a hook, the newest first",
      description = "For operators: the webhooks of the last 7 days, at most 1,000 of each hook.")
  @APIResponse(responseCode = "200", description = "A page of deliveries")
  @APIResponse(responseCode = "404", description = NO_HOOK)
  public Uni<PageView<HookDeliveryView>> deliveries(
      @PathParam("name") String name,
      @Context RoutingContext request,
      @Parameter(
              description = "Only deliveries in this state",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"accepted", "collected", "appended", "skipped", "failed"}))
          @QueryParam("state")
          String state,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Page page = Page.of(offset, limit);
    Optional<String> only = Optional.ofNullable(state).map(HookDeliveries::state);
    return found(name, request)
        .flatMap(
            hook ->
                page.fill(
                    deliveries.list(name, only, page.offset(), page.limit()),
                    deliveries.count(name, only),
                    HookDeliveryView::of));
  }

  @GET
  @RetriedRead
  @Path("/{name}/deliveries/{id}")
  @Operation(
      operationId = "getHookDelivery",
      summary = "Get one delivery with its whole body",
      description = "For operators.")
  @APIResponse(responseCode = "200", description = "The delivery")
  @APIResponse(responseCode = "404", description = "No such delivery exists")
  public Uni<HookDeliveryView> delivery(
      @PathParam("name") String name, @PathParam("id") String id, @Context RoutingContext request) {
    return found(name, request).flatMap(hook -> entry(name, id)).map(HookDeliveryView::of);
  }

  @POST
  @Path("/{name}/deliveries/{id}/replay")
  @Operation(
      operationId = "replayHookDelivery",
      summary = "Process a failed or skipped delivery again, with the hook as it is now",
      description =
          "For operators, after a template or a condition was changed. A delivery whose message is "
              + "in a conversation is not repeated.")
  @APIResponse(responseCode = "200", description = "The delivery, which is processed again")
  @APIResponse(responseCode = "404", description = "No such hook or delivery exists")
  @APIResponse(
      responseCode = "409",
      description = "The delivery is in its conversation or waits, or its body is no longer kept")
  public Uni<HookDeliveryView> replay(
      @PathParam("name") String name, @PathParam("id") String id, @Context RoutingContext request) {
    return found(name, request)
        .flatMap(hook -> deliveries.replay(name, id))
        .call(replayed -> audit.note(request, "replayed a delivery", name + " " + id))
        .map(HookDeliveryView::of);
  }

  /** The hook, if the key may see it. */
  private Uni<ManagedHook> found(String name, RoutingContext request) {
    return Uni.combine()
        .all()
        .unis(hooks.find(name), owners.limit(request))
        .with((found, limit) -> found.filter(hook -> HookOwner.isOwn(limit, hook)))
        .map(found -> found.orElseThrow(() -> ProblemException.of(404, "No hook has this name")));
  }

  private Uni<DeliveryEntity> entry(String name, String id) {
    return deliveries
        .find(name, id)
        .map(
            found ->
                found.orElseThrow(
                    () -> ProblemException.of(404, "The hook has no delivery with this id")));
  }

  private HookView view(ManagedHook hook, String secret) {
    return HookView.of(hook, address(hook.hook().name()), secret);
  }

  /** Without a public address the path: the operator knows the host. */
  private String address(String name) {
    String path = PATH + "/" + name;
    return publicUrl.of(path).orElse(path);
  }
}
