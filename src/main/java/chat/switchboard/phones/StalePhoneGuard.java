package chat.switchboard.phones;

import chat.switchboard.address.PhoneIdentities;
import chat.switchboard.librechat.Conversations;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Blocks texts of a user to a phone that the user has not used for so long that its number may
 * belong to another person.
 */
@ApplicationScoped
class StalePhoneGuard {

  static final String CAUSE =
      "The own phone is unused for longer than switchboard.phones.retention, so that its number may"
          + " belong to another person: its user must link the phone again";

  private final OwnPhones phones;
  private final PhoneIdentities identities;
  private final Conversations conversations;

  StalePhoneGuard(OwnPhones phones, PhoneIdentities identities, Conversations conversations) {
    this.phones = phones;
    this.identities = identities;
    this.conversations = conversations;
  }

  /** Returns why no text of this conversation may be sent to this person. */
  Uni<Optional<String>> refusal(String to, @Nullable String conversationId) {
    return identities
        .of(to)
        .flatMap(phones::known)
        .map(found -> found.filter(OwnPhone::stale))
        .flatMap(
            stale ->
                stale
                    .map(phone -> isOf(phone.userId(), conversationId))
                    .orElseGet(() -> Uni.createFrom().item(false)))
        .map(isPrivate -> isPrivate ? Optional.of(CAUSE) : Optional.empty());
  }

  private Uni<Boolean> isOf(String user, @Nullable String conversationId) {
    if (conversationId == null) {
      return Uni.createFrom().item(false);
    }
    UUID id;
    try {
      id = UUID.fromString(conversationId);
    } catch (IllegalArgumentException noConversation) {
      return Uni.createFrom().item(false);
    }
    return conversations.find(id.toString(), user).map(Optional::isPresent);
  }
}
