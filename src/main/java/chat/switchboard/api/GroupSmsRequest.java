package chat.switchboard.api;

import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.SendTime;
import chat.switchboard.outbound.TextFormat;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a text to all people of a conversation. */
@RegisterForReflection
@Schema(name = "NewGroupText", description = "A text message to all people of a conversation")
public record GroupSmsRequest(
    @Schema(
            required = true,
            pattern = RequestFields.SENDABLE,
            description =
                "The text that the phones show; may be missing if there are media. Keep the text "
                    + "short.",
            examples = "We start at 10.")
        String text,
    @Schema(maxItems = OutgoingFile.MOST, description = SmsRequest.MEDIA) List<String> media,
    @Schema(
            type = SchemaType.STRING,
            description = SmsRequest.FORMAT,
            enumeration = {"text", "markdown"},
            defaultValue = "text")
        TextFormat format,
    @Schema(
            format = "date-time",
            pattern = RequestFields.TIME_FORM,
            description = SmsRequest.SEND_AT,
            examples = "2026-12-24T18:00:00+01:00")
        Optional<String> sendAt,
    @Schema(description = SmsRequest.QUIET_HOURS, defaultValue = "false") boolean quietHours) {

  public GroupSmsRequest {
    media = SmsRequest.media(media);
    text = SmsRequest.text(text, media);
    format = format == null ? TextFormat.TEXT : format;
    sendAt = SmsRequest.time(sendAt);
  }

  SendTime time() {
    return new SendTime(sendAt.map(Instant::parse), quietHours);
  }
}
