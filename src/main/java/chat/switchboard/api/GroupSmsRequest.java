package chat.switchboard.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a text to all people of a conversation, for the API's description. */
@Schema(name = "NewGroupText", description = "A text message to everybody in a conversation")
record GroupSmsRequest(
    @Schema(
            required = true,
            pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
            description = "What the phones show. Keep it short.",
            examples = "We start at 10.")
        String text,
    @Schema(
            description =
                "text: the words go out as they are, character for character. markdown: marks are"
                    + " removed, and a link becomes its label with the address in parentheses",
            enumeration = {"text", "markdown"},
            defaultValue = "text")
        String format) {}
