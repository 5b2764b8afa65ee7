package chat.switchboard.hooks;

import java.time.Instant;
import java.util.Optional;

/**
 * A hook as operators see it.
 *
 * @param readOnly whether the hook is in the configuration, so that the API cannot change it
 * @param verifyToken what Meta asks for as the verify token; empty for other schemes
 * @param createdAt empty for a hook of the configuration
 */
public record ManagedHook(
    Hook hook,
    boolean readOnly,
    Optional<String> verifyToken,
    Optional<Instant> createdAt,
    Optional<Instant> updatedAt) {}
