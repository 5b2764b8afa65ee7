package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Decides whether the words of a conversation may go to a phone. */
public interface PrivateWords {

  /**
   * Returns why no text of this conversation may be sent to this person; empty if a text may be
   * sent.
   *
   * @param to the person's address, as Twilio spells it
   */
  Uni<Optional<String>> refusal(String to, String conversationId);
}
