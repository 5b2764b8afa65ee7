package chat.switchboard.api;

import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What stands at the top of /q/openapi. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "Switchboard",
            version = "0.1.0",
            description =
                "Connects LibreChat conversations with people's phones: what people write comes into"
                    + " conversations (and browsers are told at once), and text messages go out to"
                    + " them. To write to a person use sendText, to everybody in a conversation"
                    + " textPeopleOfConversation, and getText to learn whether a text arrived.",
            license = @License(name = "MIT", identifier = "MIT")),
    components =
        @Components(
            responses =
                @APIResponse(
                    name = "MessageWaits",
                    headers = @Header(name = "Location", ref = "Location"),
                    description =
                        "The message has to wait, for an answer that is being generated: it is"
                            + " kept, and Location says where it can be looked for",
                    content =
                        @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxView.class)))),
    tags = {
      @Tag(name = "Messages", description = "Messages from outside, into conversations"),
      @Tag(name = "Stream", description = "What comes into conversations, at once"),
      @Tag(name = "Texts", description = "Text messages to people's phones"),
      @Tag(name = "Mappings", description = "Which person writes into which conversation"),
      @Tag(name = "People", description = "What is kept of a person"),
      @Tag(name = "Inbox", description = "Messages that wait, and dead letters"),
      @Tag(name = "Replies", description = "Messages that LibreChat's agent is to answer"),
      @Tag(name = "Operations", description = "The state of the service"),
      @Tag(name = "Twilio", description = "Called by Twilio alone, which signs what it sends")
    })
@SecurityScheme(
    securitySchemeName = "apiKey",
    type = SecuritySchemeType.APIKEY,
    in = SecuritySchemeIn.HEADER,
    apiKeyName = ApiKeyFilter.HEADER)
public class ApiDescription extends Application {}
