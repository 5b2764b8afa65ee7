package chat.switchboard.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a text to be sent, for the API's description; it is read by {@link SmsReader}. */
@Schema(name = "NewText", description = "A text message that is to go to one person's phone")
record SmsRequest(
    @Schema(
            required = true,
            format = "phone-number",
            description =
                "The person's phone number in international form; whatsapp:+… and rcs:… go by these"
                    + " channels",
            examples = "+15551234567")
        String to,
    @Schema(
            required = true,
            format = "uuid",
            description = "The LibreChat conversation that the person's answer is to go into")
        String conversationId,
    @Schema(
            required = true,
            pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
            description =
                "What the phone shows. Keep it short: every 160 characters (70 with emoji) cost one"
                    + " segment.",
            examples = "Your appointment is tomorrow at 10.")
        String text,
    @Schema(
            description =
                "Whether a code stands behind the text, with which the person can answer into this"
                    + " conversation from any phone",
            defaultValue = "false")
        Boolean includeCode,
    @Schema(
            description =
                "text: the words go out as they are, character for character. markdown: marks are"
                    + " removed, and a link becomes its label with the address in parentheses",
            enumeration = {"text", "markdown"},
            defaultValue = "text")
        String format,
    @Schema(
            format = "phone-number",
            description =
                "Which of our numbers it comes from, or a messaging service (MG…); by default the"
                    + " one that the person knows",
            examples = "+15557654321")
        String from) {}
