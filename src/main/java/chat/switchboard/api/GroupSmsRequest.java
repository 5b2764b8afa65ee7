package chat.switchboard.api;

import chat.switchboard.outbound.TextFormat;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a text to all people of a conversation. */
@RegisterForReflection
@Schema(name = "NewGroupText", description = "A text message to everybody in a conversation")
record GroupSmsRequest(
    @Schema(
            required = true,
            pattern = RequestFields.SENDABLE,
            description = "What the phones show. Keep it short.",
            examples = "We start at 10.")
        String text,
    @Schema(
            type = SchemaType.STRING,
            description = SmsRequest.FORMAT,
            enumeration = {"text", "markdown"},
            defaultValue = "text")
        TextFormat format) {

  GroupSmsRequest {
    text = RequestFields.sendable(text);
    format = format == null ? TextFormat.TEXT : format;
  }
}
