package chat.switchboard.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a text to all people of a conversation, for the API's description. */
@Schema(name = "NewGroupText", description = "A text message to everybody in a conversation")
record GroupSmsRequest(
    @Schema(
            required = true,
            pattern = "\\S",
            description = "What the phones show. Keep it short; Markdown is made plain.",
            examples = "We start at 10.")
        String text) {}
