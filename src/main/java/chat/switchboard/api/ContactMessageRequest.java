package chat.switchboard.api;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of an injection by phone number, for the API's description. */
@Schema(
    name = "ContactMessage",
    description = "A text from a person, who is found by phone number; a stranger gets a new chat")
record ContactMessageRequest(
    @Schema(
            required = true,
            enumeration = {"external"},
            description = "Always 'external'")
        String role,
    @Schema(
            required = true,
            description = "The text: a string, a list of text parts, or one part",
            examples = "Can we meet later?",
            oneOf = {
              ExternalMessageRequest.ContentText.class,
              ExternalMessageRequest.ContentPart[].class,
              ExternalMessageRequest.ContentPart.class
            })
        Object content,
    @Schema(
            required = true,
            format = "phone-number",
            description = "Who wrote it",
            examples = "+15551234567")
        String from,
    @Schema(
            format = "phone-number",
            description = "Which of our numbers they wrote to",
            examples = "+15557654321")
        String to,
    @Schema(
            pattern = "^[0-9A-Za-z]{6}$",
            description = "A code that links the person to its conversation",
            examples = "A7C4KX")
        String code,
    @Schema(maxLength = 100, description = "The name to show") String sender,
    @Schema(
            description =
                "Kept with the message as it is. Names in it must not be empty, begin with $, or contain a dot or NUL.")
        Map<String, Object> metadata,
    @Schema(
            description =
                "Whether LibreChat's agent is to answer; its answer to a text message goes to that"
                    + " phone. By default as set for the number, or for all.")
        Boolean reply,
    @Schema(
            description =
                "Whether you vouch for the content. By default it counts as a stranger's: Markdown"
                    + " images, links with a text of their own and directives are escaped, so that"
                    + " LibreChat's page shows them and loads nothing.",
            defaultValue = "false")
        Boolean trusted) {}
