package chat.switchboard.api;

import chat.switchboard.address.PhoneNumberParser;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a new mapping. */
@RegisterForReflection
@Schema(name = "NewMapping")
record MappingRequest(
    @Schema(required = true, format = "phone-number", examples = "+15551234567") String phoneNumber,
    @Schema(required = true, format = "uuid") String conversationId,
    @Schema(
            format = "phone-number",
            examples = "+15557654321",
            description = "The service number of the mapping; missing: all service numbers")
        Optional<String> serviceNumber,
    @Schema(
            maxLength = RequestFields.LONGEST_NAME,
            description = "The person's name, as the owner sees it")
        Optional<String> label,
    @Schema(
            description =
                "Whether the owner's messages in LibreChat are sent to this person; missing: the "
                    + "setting of the service number, or of all numbers")
        Optional<Boolean> forwardOwner) {

  MappingRequest {
    phoneNumber = number("phoneNumber", RequestFields.needed("phoneNumber", phoneNumber));
    serviceNumber = serviceNumber.map(typed -> number("serviceNumber", typed));
    label = RequestFields.name("label", label);
    conversationId =
        RequestFields.uuid(RequestFields.needed("conversationId", conversationId)).toString();
  }

  private static String number(String field, String typed) {
    return PhoneNumberParser.read(field, typed).text();
  }
}
