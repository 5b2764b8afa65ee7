package chat.switchboard.outbound;

import chat.switchboard.address.PhoneAddress;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Finds the numbered choices that a person got. */
@ApplicationScoped
public class SentChoices {

  private final OutboxEntries entries;

  SentChoices(OutboxEntries entries) {
    this.entries = entries;
  }

  /**
   * The numbered choices of one text, the first one with the number 1.
   *
   * @param sender the service number, or the messaging service, that sent the text
   */
  public record Offered(String sender, String conversationId, List<String> titles, Instant at) {}

  /** Returns the last numbered choices of this person. */
  public Uni<Optional<Offered>> last(String person) {
    return entries
        .lastChoices(PhoneAddress.of(person).account())
        .map(
            found ->
                found
                    .filter(entry -> entry.sid != null && entry.choicesBody == null)
                    .map(
                        entry ->
                            new Offered(
                                entry.sender, entry.conversationId, entry.choices, sentAt(entry))));
  }

  /** A held text is sent later than it is queued. */
  private static Instant sentAt(OutboxEntry entry) {
    return entry.changes().stream()
        .filter(change -> change.state() == OutboxState.SENT)
        .map(change -> change.at().toInstant())
        .findFirst()
        .orElseGet(() -> entry.queuedAt.toInstant());
  }
}
