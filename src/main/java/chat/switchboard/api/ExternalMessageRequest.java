package chat.switchboard.api;

import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of an injection, for the API's description; it is read by {@link MessageReader}. */
@Schema(
    name = "ExternalMessage",
    description = "A text from outside that is to appear in a LibreChat conversation")
record ExternalMessageRequest(
    @Schema(
            required = true,
            enumeration = {"external"},
            description = "Always 'external'")
        String role,
    @Schema(
            required = true,
            description = "The text: a string, a list of text parts, or one part",
            examples = "Can we meet later?",
            oneOf = {ContentText.class, ContentPart[].class, ContentPart.class})
        Object content,
    @Schema(
            maxLength = 100,
            description = "The name to show; by default made from the source and the number")
        String sender,
    @Schema(
            description =
                "Kept with the message as it is. 'source' says where it came from (such as sms),"
                    + " 'phoneNumber' who wrote it. Names in it must not be empty, begin with $, or"
                    + " contain a dot or NUL.",
            examples = "{\"source\":\"sms\",\"phoneNumber\":\"+1234567890\"}")
        Map<String, Object> metadata,
    @Schema(
            description =
                "Whether LibreChat's agent is to answer; its answer to a text message goes to that"
                    + " phone",
            defaultValue = "false")
        Boolean reply,
    @Schema(
            description =
                "Whether you vouch for the content. By default it counts as a stranger's: Markdown"
                    + " images, links with a text of their own and directives are escaped, so that"
                    + " LibreChat's page shows them and loads nothing.",
            defaultValue = "false")
        Boolean trusted) {

  /** A text that is not blank. */
  @Schema(name = "ContentText", type = SchemaType.STRING, pattern = "\\S")
  record ContentText() {}

  /** One part of a text. */
  @Schema(name = "ContentPart")
  record ContentPart(
      @Schema(enumeration = {"text"}) String type,
      @Schema(required = true, pattern = "\\S", examples = "Hello") String text) {}
}
