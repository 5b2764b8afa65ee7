package chat.switchboard.phones;

import chat.switchboard.address.Mask;
import java.time.Instant;
import java.util.Optional;

/**
 * A phone of a LibreChat user.
 *
 * @param id does not reveal the number
 * @param userId the hexadecimal form of {@code users._id}
 * @param phoneNumber the address, as Twilio spells it
 * @param masked the address with its middle digits hidden
 * @param since when the user proved that the number is theirs
 * @param lastUsed when the last text came; updated once an hour at most
 * @param stale whether the phone has sent no text for so long that the phone needs a new code
 * @param endpoint LibreChat's endpoint for conversations that texts open; empty for the default
 * @param model the model of these conversations
 * @param agentId the agent of these conversations
 */
public record OwnPhone(
    String id,
    String userId,
    String phoneNumber,
    String masked,
    Instant since,
    Instant lastUsed,
    boolean stale,
    Optional<String> endpoint,
    Optional<String> model,
    Optional<String> agentId) {

  static OwnPhone of(PhoneEntity phone, Instant staleBefore) {
    return new OwnPhone(
        phone.id,
        phone.user,
        phone.phoneNumber,
        Mask.phone(phone.phoneNumber),
        phone.since.toInstant(),
        phone.lastUsed.toInstant(),
        phone.lastUsed.toInstant().isBefore(staleBefore),
        Optional.ofNullable(phone.endpoint),
        Optional.ofNullable(phone.model),
        Optional.ofNullable(phone.agentId));
  }
}
