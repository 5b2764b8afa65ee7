package chat.switchboard.api;

import chat.switchboard.address.Mask;
import chat.switchboard.http.Problem;
import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.SessionWindows;
import chat.switchboard.routing.Mapping;
import chat.switchboard.routing.Mappings;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.RestResponse.ResponseBuilder;

/** The windows of WhatsApp, for the line that live.js shows to the owner of a conversation. */
@Path("/switchboard/windows")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "accessToken")
@Tag(name = "Texts")
class WindowsDoor {

  private static final int MOST_PEOPLE = 20;

  private final TokenUsers users;
  private final Mappings mappings;
  private final SessionWindows windows;

  WindowsDoor(TokenUsers users, Mappings mappings, SessionWindows windows) {
    this.users = users;
    this.mappings = mappings;
    this.windows = windows;
  }

  @GET
  @Path("/{conversationId}")
  @Operation(
      operationId = "listMyWindows",
      summary =
          "Tell until when free texts reach the people of the user's conversation on WhatsApp",
      description = "Of a conversation of another user the list is empty.")
  @APIResponse(
      responseCode = "200",
      description = "The people with a known window",
      content = @Content(schema = @Schema(implementation = ConversationWindowsView.class)))
  public Uni<RestResponse<ConversationWindowsView>> list(
      @PathParam("conversationId") String conversationId, @Context RoutingContext request) {
    String conversation = RequestFields.uuid(conversationId).toString();
    return users.answer(
        request,
        "windows",
        user ->
            mappings
                .list(Optional.empty(), Optional.of(conversation), 0, MOST_PEOPLE)
                .map(found -> found.stream().filter(one -> user.equals(one.user)).toList())
                .flatMap(this::answer));
  }

  private Uni<RestResponse<ConversationWindowsView>> answer(List<Mapping> people) {
    return windows
        .of(people.stream().map(MappingsDoor::pair).toList())
        .map(known -> view(people, known))
        .map(
            view ->
                ResponseBuilder.create(RestResponse.Status.OK, view)
                    .header("Cache-Control", "no-store")
                    .build());
  }

  private static ConversationWindowsView view(
      List<Mapping> people, Map<SessionWindows.Pair, SessionWindows.Window> known) {
    return new ConversationWindowsView(
        people.stream()
            .filter(person -> known.containsKey(MappingsDoor.pair(person)))
            .map(person -> person(person, known.get(MappingsDoor.pair(person))))
            .toList());
  }

  private static ConversationWindowsView.Person person(
      Mapping person, SessionWindows.Window window) {
    return new ConversationWindowsView.Person(
        Optional.ofNullable(person.label)
            .or(() -> Optional.ofNullable(person.profileName))
            .orElseGet(() -> Mask.shown(person.phoneNumber)),
        window.isOpen(),
        IsoDate.of(Date.from(window.openUntil())));
  }
}
