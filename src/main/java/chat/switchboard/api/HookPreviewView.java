package chat.switchboard.api;

import chat.switchboard.hooks.HookPreview;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The message that a hook makes of a sample. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "HookPreview",
    requiredProperties = {"matched", "reason"})
public record HookPreviewView(
    @Schema(description = "Whether the signature is right; missing if the sample has none")
        Boolean verified,
    @Schema(description = "Why the signature is not right") String verification,
    @Schema(description = "The service's name of the event") String event,
    @Schema(description = "Whether the conditions hold") boolean matched,
    @Schema(description = "The condition that decided, or why nothing goes into the chat")
        String reason,
    @Schema(
            description =
                "The key of the conversation; missing if the hook has one conversation for all")
        String thread,
    @Schema(description = "The title of a new conversation") String title,
    @Schema(description = "The text; empty if the sample is not for the chat") String text,
    @Schema(description = "The fields that a template names and the sample does not have")
        List<String> unknown,
    @Schema(description = "The fault of a template, with line and column, or of the body")
        String problem) {

  static HookPreviewView of(HookPreview preview) {
    return new HookPreviewView(
        preview.verified().orElse(null),
        preview.verification().orElse(null),
        preview.event().orElse(null),
        preview.matched(),
        preview.reason(),
        preview.thread().orElse(null),
        preview.title().orElse(null),
        preview.text().orElse(null),
        preview.unknown().isEmpty() ? null : preview.unknown(),
        preview.problem().orElse(null));
  }
}
