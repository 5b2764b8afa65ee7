package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Optional;

/** Information about people and conversations for the spend guard. */
public interface PeopleDirectory {

  /** Returns the LibreChat user who owns this conversation; empty if there is none. */
  Uni<Optional<String>> owner(String conversationId);

  /**
   * Whether this person was mapped to a conversation before this moment.
   *
   * @param person the person's address, as Twilio spells it
   */
  Uni<Boolean> isKnown(String person, Instant before);
}
