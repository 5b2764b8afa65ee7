package chat.switchboard.api;

import chat.switchboard.hooks.NewSecret;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A new secret of a hook. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "HookSecret", requiredProperties = "name")
public record HookSecretView(
    @Schema(description = "The name of the hook") String name,
    @Schema(description = "The secret, shown only now; missing if the request had the secret")
        String secret,
    @Schema(description = "Until when the older secrets are valid") String oldUntil) {

  static HookSecretView of(String name, NewSecret made) {
    return new HookSecretView(
        name, made.made().orElse(null), HookView.date(made.oldUntil().orElse(null)));
  }
}
