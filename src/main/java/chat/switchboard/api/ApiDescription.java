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

/** The head of /q/openapi. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "Switchboard",
            version = "0.1.0",
            description =
                "Connects LibreChat conversations with people's phones: messages of people appear "
                    + "in conversations (browsers are notified at once), and text messages are sent "
                    + "to people. Use sendText to write to a person, textPeopleOfConversation to "
                    + "write to all people of a conversation, and getText to learn whether a text "
                    + "arrived.",
            license = @License(name = "MIT", identifier = "MIT")),
    components =
        @Components(
            responses =
                @APIResponse(
                    name = "MessageWaits",
                    headers = @Header(name = "Location", ref = "Location"),
                    description =
                        "The message is kept and waits until LibreChat has generated an answer; "
                            + "Location is the address of the message",
                    content =
                        @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxView.class)))),
    tags = {
      @Tag(name = "Messages", description = "Messages from outside for conversations"),
      @Tag(name = "Stream", description = "The event stream of new messages"),
      @Tag(name = "Texts", description = "Text messages to people's phones"),
      @Tag(name = "Mappings", description = "Mappings of people to conversations"),
      @Tag(name = "People", description = "The stored data of a person"),
      @Tag(name = "Phones", description = "The own phones of LibreChat's users"),
      @Tag(name = "Inbox", description = "Waiting messages and dead letters"),
      @Tag(name = "Media", description = "Pictures and files, and their states"),
      @Tag(name = "Replies", description = "Answers of LibreChat's agent to messages"),
      @Tag(name = "Hooks", description = "Webhooks of other services as messages"),
      @Tag(name = "Operations", description = "The state of the service"),
      @Tag(name = "Twilio", description = "Only for Twilio, which signs its requests")
    })
@SecurityScheme(
    securitySchemeName = "apiKey",
    type = SecuritySchemeType.APIKEY,
    in = SecuritySchemeIn.HEADER,
    apiKeyName = ApiKeyFilter.HEADER)
public class ApiDescription extends Application {}
