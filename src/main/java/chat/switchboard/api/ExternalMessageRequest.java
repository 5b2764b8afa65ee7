package chat.switchboard.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of an injection. */
@RegisterForReflection
@Schema(name = "ExternalMessage", description = "A text from outside for a LibreChat conversation")
record ExternalMessageRequest(
    @Schema(
            required = true,
            type = SchemaType.STRING,
            enumeration = {ROLE},
            description = ROLE_DESCRIPTION)
        Object role,
    @Schema(
            required = true,
            implementation = Object.class,
            description = CONTENT_DESCRIPTION,
            examples = CONTENT_EXAMPLE,
            oneOf = {ContentText.class, ContentPart[].class, ContentPart.class})
        JsonNode content,
    @Schema(
            maxLength = RequestFields.LONGEST_NAME,
            description = "The sender's name to show; default: source and number")
        Optional<String> sender,
    @Schema(
            implementation = Map.class,
            description =
                "Stored unchanged with the message. 'source' names the origin (such as sms), "
                    + "'phoneNumber' the sender. Field names must not be empty, begin with $, or "
                    + "contain a dot or NUL.",
            examples = "{\"source\":\"sms\",\"phoneNumber\":\"+1234567890\"}")
        JsonNode metadata,
    @Schema(
            description =
                "Whether LibreChat's agent answers; the answer to a text message goes to that phone",
            defaultValue = "false")
        Optional<Boolean> reply,
    @Schema(description = TRUSTED_DESCRIPTION, defaultValue = "false") boolean trusted)
    implements MessageRequest {

  ExternalMessageRequest {
    MessageRequest.requireRole(role);
  }

  /** A non-blank text. */
  @Schema(name = "ContentText", type = SchemaType.STRING, pattern = "\\S")
  record ContentText() {}

  /** One part of a text. */
  @Schema(name = "ContentPart")
  record ContentPart(
      @Schema(enumeration = {"text"}) String type,
      @Schema(required = true, pattern = "\\S", examples = "Hello") String text) {}
}
