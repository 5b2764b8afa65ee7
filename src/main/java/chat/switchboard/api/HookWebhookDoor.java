package chat.switchboard.api;

import chat.switchboard.hooks.HookAnswer;
import chat.switchboard.hooks.HookCall;
import chat.switchboard.hooks.HookReceiver;
import chat.switchboard.http.BodyLimit;
import chat.switchboard.http.Problem;
import chat.switchboard.http.PublicUrl;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * The webhooks of other services. There is no API key: each request is signed by its service, over
 * the raw bytes of its body.
 */
@Path(HooksDoor.PATH)
@Tag(name = "Hooks")
class HookWebhookDoor {

  private static final String ONE = HooksDoor.PATH + "/:name";
  private static final String SUBSCRIPTION = "/subscription";
  private static final String MODE = "hub.mode";
  private static final String SENT = "switchboard.hook.headers";

  /** After the aliases and the methods, before the reader of the body. */
  private static final int ORDER = 3;

  private final HookReceiver hooks;
  private final PublicUrl publicUrl;

  HookWebhookDoor(HookReceiver hooks, PublicUrl publicUrl) {
    this.hooks = hooks;
    this.publicUrl = publicUrl;
  }

  /** The response to a service. */
  @RegisterForReflection
  @Schema(
      name = "HookReceipt",
      requiredProperties = {"status", "id"})
  public record ReceiptView(
      @Schema(enumeration = {"accepted", "duplicate", "skipped"}) String status,
      @Schema(description = "The id of the delivery") String id) {}

  /** Prepares what the framework would refuse or use for another door. */
  static void mount(@Observes Router router) {
    router
        .route(HttpMethod.POST, ONE)
        .order(ORDER)
        .handler(
            request -> {
              MultiMap headers = request.request().headers();
              request.put(SENT, MultiMap.caseInsensitiveMultiMap().addAll(headers));
              // A service with an odd type or preference is not refused for it.
              headers.set(HttpHeaders.ACCEPT, "*/*").remove(HttpHeaders.CONTENT_TYPE);
              request.next();
            });
    router
        .route(HttpMethod.GET, ONE)
        .order(ORDER)
        .handler(
            request -> {
              // Meta checks an address by GET, where the other callers of GET show an API key.
              if (request.queryParams().contains(MODE)) {
                request.reroute(
                    HttpMethod.GET,
                    request.normalizedPath() + SUBSCRIPTION + '?' + request.request().query());
              } else {
                request.next();
              }
            });
  }

  @POST
  @Path("/{name}")
  @Consumes(MediaType.WILDCARD)
  @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN, Problem.MEDIA_TYPE})
  @Operation(
      operationId = "receiveWebhook",
      summary = "Receive a webhook of another service; signed by the service",
      description =
          "Not for people or agents: only requests with the signature of the hook's scheme are "
              + "accepted. JSON, a form with the JSON in payload, or a text; at most 1 MiB.")
  @RequestBody(
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(description = "The webhook as the service signed it")))
  @APIResponse(
      responseCode = "200",
      description = "The webhook is stored, or was before",
      content = @Content(schema = @Schema(implementation = ReceiptView.class)))
  @APIResponse(responseCode = "401", description = "The signature or the time is not valid")
  @APIResponse(responseCode = "404", description = "No such hook exists")
  @APIResponse(responseCode = "410", description = "The hook is switched off")
  public Uni<Response> receive(@PathParam("name") String name, @Context RoutingContext context) {
    MultiMap headers = context.get(SENT);
    return hooks
        .receive(
            name,
            new HookCall(
                headers == null ? context.request().headers() : headers,
                BodyLimit.of(context),
                url(context),
                client(context)))
        .map(HookWebhookDoor::response);
  }

  @GET
  @Path("/{name}" + SUBSCRIPTION)
  @Produces({MediaType.TEXT_PLAIN, Problem.MEDIA_TYPE})
  @Operation(
      operationId = "confirmWebhook",
      summary = "Confirm the address of a hook to Meta",
      description = "Not for people or agents: Meta calls the address of a hook in this way.")
  @APIResponse(
      responseCode = "200",
      description = "The challenge",
      content =
          @Content(
              mediaType = MediaType.TEXT_PLAIN,
              schema = @Schema(implementation = String.class)))
  @APIResponse(responseCode = "401", description = "The verify token is wrong")
  @APIResponse(responseCode = "404", description = "No such hook exists")
  @APIResponse(responseCode = "410", description = "The hook is switched off")
  public Uni<Response> confirm(@PathParam("name") String name, @Context RoutingContext context) {
    MultiMap query = context.queryParams();
    return hooks
        .subscribe(
            name,
            query.get(MODE),
            query.get("hub.verify_token"),
            query.get("hub.challenge"),
            client(context))
        .map(HookWebhookDoor::response);
  }

  private static Response response(HookAnswer answer) {
    if (answer instanceof HookAnswer.Handshake handshake) {
      return Response.ok(handshake.body(), MediaType.valueOf(handshake.contentType())).build();
    }
    HookAnswer.Kept kept = (HookAnswer.Kept) answer;
    return Response.ok(new ReceiptView(kept.status(), kept.id()), MediaType.APPLICATION_JSON_TYPE)
        .build();
  }

  /** The address as it is registered at the service: some schemes sign it. */
  private String url(RoutingContext context) {
    HttpServerRequest request = context.request();
    String prefix = ApiAlias.isAliased(context) ? ApiAlias.PREFIX : "";
    return publicUrl.of(prefix + request.uri()).orElseGet(request::absoluteURI);
  }

  private static String client(RoutingContext context) {
    return context.request().remoteAddress() == null
        ? null
        : context.request().remoteAddress().hostAddress();
  }
}
