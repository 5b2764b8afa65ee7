package chat.switchboard.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The optional body of a request for a new secret. */
@RegisterForReflection
@Schema(name = "NewHookSecret")
record HookSecretRequest(
    @Schema(
            minLength = 16,
            maxLength = 512,
            description = "The secret of a service that makes its own; missing: one is made")
        Optional<String> secret) {}
