package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.SessionWindows;
import chat.switchboard.routing.Codes;
import chat.switchboard.routing.Mapping;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The conversation of a person's messages. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    requiredProperties = {"id", "phoneNumber", "conversationId", "user", "lastUsed", "createdAt"})
public record MappingView(
    String id,
    @Schema(examples = "+15551234567") String phoneNumber,
    @Schema(description = "The service number of the mapping; missing: all service numbers")
        String serviceNumber,
    String conversationId,
    @Schema(description = "The conversation's owner in LibreChat") String user,
    @Schema(
            description =
                "The person's name, as the owner sees it; without a label the name that the person"
                    + " gave on WhatsApp")
        String label,
    @Schema(
            description =
                "Whether the owner's messages are sent to this person; missing: as " + "configured")
        Boolean forwardOwner,
    @Schema(description = "The Twilio conversation (group MMS)") String conversationSid,
    @Schema(
            description = "Returned once, when the code is created: the code is not stored",
            examples = "A7C4KX")
        String code,
    String codeExpiresAt,
    String lastUsed,
    String createdAt,
    @Schema(
            description =
                "For a person on WhatsApp: the time within which free texts arrive; missing on other "
                    + "channels, and if no message of the person is known")
        Window window) {

  /** The window of a person on WhatsApp. */
  @RegisterForReflection
  @Schema(
      name = "WhatsAppWindow",
      requiredProperties = {"open", "openUntil"})
  public record Window(
      boolean open,
      @Schema(description = "When the window closes, or has closed") String openUntil) {

    static Window of(SessionWindows.Window window) {
      return window == null
          ? null
          : new Window(window.isOpen(), IsoDate.of(Date.from(window.openUntil())));
    }
  }

  static MappingView of(Mapping mapping, SessionWindows.Window window) {
    return of(mapping, null, mapping.codeExpiresAt, window);
  }

  static MappingView of(Mapping mapping, Codes.Made made) {
    return of(mapping, made.code(), made.expiresAt(), null);
  }

  private static MappingView of(
      Mapping mapping, String code, Date codeExpiresAt, SessionWindows.Window window) {
    return new MappingView(
        mapping.id,
        mapping.phoneNumber,
        mapping.serviceNumber == null || mapping.serviceNumber.isEmpty()
            ? null
            : mapping.serviceNumber,
        mapping.conversationId,
        mapping.user,
        mapping.label == null ? mapping.profileName : mapping.label,
        mapping.forwardOwner,
        mapping.conversationSid,
        code,
        IsoDate.of(codeExpiresAt),
        IsoDate.of(mapping.lastUsed),
        IsoDate.of(mapping.createdAt),
        Window.of(window));
  }
}
