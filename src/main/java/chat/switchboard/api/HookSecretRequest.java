package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The optional body of a request for a new secret. */
@RegisterForReflection
@Schema(name = "NewHookSecret")
record HookSecretRequest(
    @Schema(
            required = true,
            minLength = 16,
            maxLength = 512,
            description = "The secret of a service that makes its own")
        String secret) {

  HookSecretRequest {
    RequestFields.needed("secret", secret);
  }
}
