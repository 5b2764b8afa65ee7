package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Optional;

/** What the spend guard asks about people and conversations. */
public interface PeopleDirectory {

  /** The LibreChat user to whom this conversation belongs; empty if there is none. */
  Uni<Optional<String>> owner(String conversationId);

  /**
   * Whether this person was mapped to a conversation before this moment.
   *
   * @param person as Twilio names them
   */
  Uni<Boolean> isKnown(String person, Instant before);
}
