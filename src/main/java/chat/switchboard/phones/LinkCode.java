package chat.switchboard.phones;

import java.time.Instant;
import java.util.List;

/**
 * A new code that links a phone to a user. The code itself is returned once and not stored.
 *
 * @param code eight letters and digits with a hyphen, such as {@code K7MP-2Q9X}
 * @param expiresAt when the code becomes invalid
 * @param textTo the service numbers that take the code; empty if no number is configured
 */
public record LinkCode(String code, Instant expiresAt, List<String> textTo) {}
