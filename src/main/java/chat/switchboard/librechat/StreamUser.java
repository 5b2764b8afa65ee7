package chat.switchboard.librechat;

import java.time.Instant;

/**
 * A user with a valid access token.
 *
 * @param user the hexadecimal form of {@code users._id}
 * @param expiresAt when the token expires
 */
public record StreamUser(String user, Instant expiresAt) {}
