package chat.switchboard.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a new mapping, for the API's description; it is read by {@link MappingsDoor}. */
@Schema(name = "NewMapping")
record MappingRequest(
    @Schema(required = true, format = "phone-number", examples = "+15551234567") String phoneNumber,
    @Schema(required = true, format = "uuid") String conversationId,
    @Schema(
            format = "phone-number",
            examples = "+15557654321",
            description = "Which of our numbers it holds for; missing: all of them")
        String serviceNumber,
    @Schema(maxLength = 100, description = "The person's name, as the owner is to see it")
        String label,
    @Schema(
            description =
                "Whether what the owner types in LibreChat is sent to this person; missing: as set"
                    + " for the number, or for all")
        Boolean forwardOwner) {}
