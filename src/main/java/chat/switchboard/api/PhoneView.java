package chat.switchboard.api;

import chat.switchboard.phones.OwnPhone;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A phone of a LibreChat user. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "OwnPhone",
    requiredProperties = {"id", "user", "phoneNumber", "since", "lastUsed", "stale"})
public record PhoneView(
    String id,
    @Schema(description = "The phone's user in LibreChat") String user,
    @Schema(examples = "+15551234567") String phoneNumber,
    @Schema(description = "When the user proved that the number is theirs") String since,
    @Schema(description = "When the last text came; noted once an hour") String lastUsed,
    @Schema(description = "Whether the phone is unused for so long that it needs a new code")
        boolean stale,
    @Schema(description = "The endpoint of conversations that texts open; missing: the default")
        String endpoint,
    @Schema(description = "The model of these conversations") String model,
    @Schema(description = "The agent of these conversations") String agentId) {

  static PhoneView of(OwnPhone phone) {
    return new PhoneView(
        phone.id(),
        phone.userId(),
        phone.phoneNumber(),
        phone.since().toString(),
        phone.lastUsed().toString(),
        phone.stale(),
        phone.endpoint().orElse(null),
        phone.model().orElse(null),
        phone.agentId().orElse(null));
  }
}
