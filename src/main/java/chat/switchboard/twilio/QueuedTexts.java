package chat.switchboard.twilio;

import chat.switchboard.outbound.Outgoing;
import chat.switchboard.outbound.OutgoingText;
import chat.switchboard.routing.GroupText;
import chat.switchboard.routing.Texts;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Sends the texts of a group relay through the outbox. */
@ApplicationScoped
class QueuedTexts implements Texts {

  private final Outgoing outgoing;

  QueuedTexts(Outgoing outgoing) {
    this.outgoing = outgoing;
  }

  @Override
  public Uni<Void> send(GroupText text) {
    return outgoing.queue(
        new OutgoingText(
            text.id(),
            Optional.of(text.from()).filter(from -> !from.isEmpty()),
            text.to(),
            text.text(),
            text.conversationId()));
  }
}
