package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.outbound.OptOut;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The opt-out of a person. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "OptOut",
    requiredProperties = {"cause", "at"})
public record OptOutView(
    @Schema(description = "The person; missing if the person's data was removed")
        String phoneNumber,
    @Schema(description = "The service number or messaging service; missing: all of them")
        String serviceNumber,
    @Schema(description = "The keyword, or Twilio's error code", examples = "STOP") String cause,
    String at) {

  static OptOutView of(OptOut optOut) {
    return new OptOutView(
        optOut.phoneNumber,
        optOut.serviceNumber == null || optOut.serviceNumber.isEmpty()
            ? null
            : optOut.serviceNumber,
        optOut.cause,
        IsoDate.of(optOut.at));
  }
}
