package chat.switchboard.api;

import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.http.ProblemException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of an injection by phone number. */
@RegisterForReflection
@Schema(
    name = "ContactMessage",
    description =
        "A text from a person, whom Switchboard finds by phone number; an unknown person "
            + "gets a new chat")
record ContactMessageRequest(
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
            oneOf = {
              ExternalMessageRequest.ContentText.class,
              ExternalMessageRequest.ContentPart[].class,
              ExternalMessageRequest.ContentPart.class
            })
        JsonNode content,
    @Schema(
            required = true,
            format = "phone-number",
            description = "The sender's phone number",
            examples = "+15551234567")
        String from,
    @Schema(
            format = "phone-number",
            description = "The service number to which the person wrote",
            examples = "+15557654321")
        Optional<String> to,
    @Schema(
            pattern = CODE,
            description = "A code that links the person to the code's conversation",
            examples = "A7C4KX")
        Optional<String> code,
    @Schema(maxLength = RequestFields.LONGEST_NAME, description = "The sender's name to show")
        Optional<String> sender,
    @Schema(
            implementation = Map.class,
            description =
                "Stored unchanged with the message. Field names must not be empty, begin with $, "
                    + "or contain a dot or NUL.")
        JsonNode metadata,
    @Schema(
            description =
                "Whether LibreChat's agent answers; the answer to a text message goes to that "
                    + "phone. Default: the setting of the service number, or of all numbers.")
        Optional<Boolean> reply,
    @Schema(description = TRUSTED_DESCRIPTION, defaultValue = "false") boolean trusted)
    implements MessageRequest {

  private static final int CODE_LENGTH = 6;
  private static final String CODE = "^[0-9A-Za-z]{" + CODE_LENGTH + "}$";

  ContactMessageRequest {
    MessageRequest.requireRole(role);
    from = PhoneNumberParser.read("from", RequestFields.needed("from", from)).text();
    to = to.map(typed -> PhoneNumberParser.read("to", typed).text());
    // A person may write a code with spaces and dashes; routing.Code compares the rest.
    if (code.filter(
            shown -> shown.replaceAll("[\\s\\p{Z}\\p{Cf}\\p{Pd}]", "").length() != CODE_LENGTH)
        .isPresent()) {
      throw ProblemException.of(400, "code must have " + CODE_LENGTH + " letters and digits");
    }
  }
}
