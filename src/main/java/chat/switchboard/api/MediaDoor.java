package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.media.MediaItem;
import chat.switchboard.media.MediaOperations;
import chat.switchboard.media.MediaState;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The states of pictures and files. */
@Path(MediaDoor.PATH)
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Media")
class MediaDoor {

  static final String PATH = "/api/media";

  private final MediaOperations media;
  private final OperatorEntries<MediaItem, MediaView> entries;

  private final AuditLog audit;

  MediaDoor(MediaOperations media, AuditLog audit) {
    this.audit = audit;
    this.media = media;
    this.entries = new OperatorEntries<>(media::find, MediaView::of, "No file has this id");
  }

  @GET
  @RetriedRead
  @Operation(
      operationId = "listMedia",
      summary = "List pictures and files, the newest first",
      description =
          "For operators: the states of files that came in or go out, and the causes of failures; "
              + "never their content.")
  @APIResponse(responseCode = "200", description = "A page of files")
  public Uni<PageView<MediaView>> list(
      @Parameter(
              description = "The state of the files",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      enumeration = {"pending", "fetched", "stored", "failed"}))
          @QueryParam("state")
          String state,
      @QueryParam("offset") @DefaultValue("0") String offset,
      @QueryParam("limit") @DefaultValue("50") String limit) {
    Optional<MediaState> wanted =
        Optional.ofNullable(state).map(name -> OperatorEntries.state(MediaState.class, name));
    Page page = Page.of(offset, limit);
    return page.fill(
        media.list(wanted, page.offset(), page.limit()), media.count(wanted), MediaView::of);
  }

  @GET
  @RetriedRead
  @Path("/{id}")
  @Operation(
      operationId = "getMedia",
      summary = "Get one picture or file: its state, and its history",
      description = "For operators: the state of a file, never its content.")
  @APIResponse(responseCode = "200", description = "The file")
  @APIResponse(responseCode = "404", description = "No such file exists")
  public Uni<MediaView> get(@PathParam("id") String id) {
    return entries.get(id);
  }

  @POST
  @Path("/{id}/requeue")
  @Operation(
      operationId = "requeueMedia",
      summary = "Fetch a failed file again",
      description = "For operators, after the cause of the failure is removed.")
  @APIResponse(responseCode = "200", description = "The file, which waits again")
  @APIResponse(responseCode = "404", description = "No such file exists")
  @APIResponse(responseCode = "409", description = "The file has not failed")
  public Uni<MediaView> requeue(@PathParam("id") String id, @Context RoutingContext request) {
    return entries
        .changed(id, media.requeue(id), "Only a failed file can be requeued")
        .call(() -> audit.note(request, "requeued a file", id));
  }
}
