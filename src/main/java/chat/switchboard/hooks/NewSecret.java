package chat.switchboard.hooks;

import java.time.Instant;
import java.util.Optional;

/**
 * A secret that was made or set just now.
 *
 * @param made the secret, which is told this once; empty if the caller gave the secret
 * @param oldUntil until when the older secrets are good; empty if there was none
 */
public record NewSecret(Optional<String> made, Optional<Instant> oldUntil) {}
