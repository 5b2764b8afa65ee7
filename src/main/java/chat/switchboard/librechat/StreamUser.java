package chat.switchboard.librechat;

import java.time.Instant;

/**
 * Somebody who showed a good access token.
 *
 * @param user the hexadecimal form of {@code users._id}
 * @param expiresAt when the token ends
 */
public record StreamUser(String user, Instant expiresAt) {}
