package chat.switchboard.api;

import chat.switchboard.phones.LinkCode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A code that links the phone that texts it. */
@RegisterForReflection
@Schema(
    name = "PhoneCode",
    requiredProperties = {"code", "expiresAt", "textTo"})
public record PhoneCodeView(
    @Schema(description = "Returned once: the code is not stored", examples = "K7MP-2Q9X")
        String code,
    String expiresAt,
    @Schema(description = "The service numbers that take the code") List<String> textTo) {

  static PhoneCodeView of(LinkCode code) {
    return new PhoneCodeView(code.code(), code.expiresAt().toString(), code.textTo());
  }
}
