package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides whether the words of a conversation may go to a phone. */
public interface PrivateWords {

  /**
   * Returns why a text of this conversation may not be sent to this person; empty if the text may
   * be sent.
   *
   * @param to the person's address, as Twilio spells it
   * @param conversationId the conversation; null if the text has none
   * @param words the words of the text
   */
  Uni<Optional<String>> refusal(String to, @Nullable String conversationId, String words);
}
