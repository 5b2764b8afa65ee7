package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An action of an operator. */
@RegisterForReflection
@Schema(requiredProperties = {"at", "key", "action", "subject"})
public record AuditView(
    String at,
    @Schema(description = "The name of the key") String key,
    String action,
    @Schema(description = "What the action was about") String subject) {

  static AuditView of(AuditEntity entry) {
    return new AuditView(IsoDate.of(entry.at), entry.key, entry.action, entry.subject);
  }
}
