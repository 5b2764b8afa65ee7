package chat.switchboard.phones;

import chat.switchboard.address.PhoneIdentity;
import chat.switchboard.librechat.Conversations;
import chat.switchboard.outbound.OutboxOperations;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** The texts of a user that wait for their time, to a phone that was the user's own. */
@ApplicationScoped
class HeldWords {

  static final String CAUSE = "The phone is not the own phone of the conversation's user any more";

  private final OutboxOperations texts;
  private final Conversations conversations;

  HeldWords(OutboxOperations texts, Conversations conversations) {
    this.texts = texts;
    this.conversations = conversations;
  }

  /** Blocks the texts of the user's conversations; a repeated call changes nothing. */
  Uni<Void> block(PhoneIdentity person, String user) {
    return texts.blockHeld(
        person.names(),
        conversation -> conversations.find(conversation, user).map(Optional::isPresent),
        CAUSE);
  }
}
