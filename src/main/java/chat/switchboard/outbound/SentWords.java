package chat.switchboard.outbound;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Finds the words of sent texts by the carrier's name of the message. */
@ApplicationScoped
public class SentWords {

  private final OutboxEntries entries;

  SentWords(OutboxEntries entries) {
    this.entries = entries;
  }

  /**
   * The words of one message.
   *
   * @param phoneNumber the person who got the message
   * @param words the text as the phone shows it; empty if the text contains a code
   */
  public record Sent(String phoneNumber, String conversationId, String words) {}

  /** Returns the message with this SID; empty if the outbox does not have the message any more. */
  public Uni<Optional<Sent>> of(String sid) {
    return entries
        .bySid(sid)
        .map(
            found ->
                found.map(
                    entry -> new Sent(entry.phoneNumber, entry.conversationId, entry.openWords())));
  }
}
