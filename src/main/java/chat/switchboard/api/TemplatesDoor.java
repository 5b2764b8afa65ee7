package chat.switchboard.api;

import chat.switchboard.http.Problem;
import chat.switchboard.outbound.TemplateCatalog;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The templates of Twilio's Content API. */
@Path("/api/templates")
@ApiKeyRequired
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
@SecurityRequirement(name = "apiKey")
@Tag(name = "Texts")
class TemplatesDoor {

  private final TemplateCatalog catalog;

  TemplatesDoor(TemplateCatalog catalog) {
    this.catalog = catalog;
  }

  @GET
  @Operation(
      operationId = "listTemplates",
      summary = "List the templates for texts outside WhatsApp's window",
      description =
          "The templates of Twilio's Content API with WhatsApp's approval and their variables. The "
              + "list may be some minutes old (readAt).")
  @APIResponse(responseCode = "200", description = "The templates")
  @APIResponse(
      responseCode = "503",
      description =
          "Twilio's account is not configured (error names the missing setting), or Twilio's Content "
              + "API cannot be read")
  public Uni<TemplatesView> list() {
    return catalog.list().map(TemplatesView::of);
  }
}
