package chat.switchboard.routing;

import java.util.Date;
import java.util.Optional;

/**
 * The LibreChat user whose own phone a person texts from.
 *
 * @param user the hexadecimal form of {@code users._id}
 * @param since when the user proved that the phone is theirs
 * @param autoReply whether LibreChat's agent answers texts in the user's conversations
 * @param endpoint LibreChat's endpoint for conversations that texts open; empty for the setting of
 *     the service number, or of all numbers
 * @param model the model of these conversations
 * @param agentId the agent of these conversations
 */
public record PhoneOwner(
    String user,
    Date since,
    boolean autoReply,
    Optional<String> endpoint,
    Optional<String> model,
    Optional<String> agentId) {}
