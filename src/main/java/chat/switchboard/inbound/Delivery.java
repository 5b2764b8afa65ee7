package chat.switchboard.inbound;

import chat.switchboard.librechat.NewMessage;
import chat.switchboard.routing.Route;
import java.util.List;
import java.util.UUID;
import org.bson.Document;

/** What is to be appended for a message. */
final class Delivery {

  private Delivery() {}

  /**
   * @param toBeAnswered whether LibreChat's agent is to answer it
   */
  static NewMessage message(InboundMessage message, UUID messageId, boolean toBeAnswered) {
    return new NewMessage(
        messageId,
        message.parts(),
        message.sender(),
        message.source(),
        message.metadata(),
        message.trusted(),
        toBeAnswered);
  }

  /** As the way has changed it: without the code before the text, under the person's label. */
  static InboundMessage along(InboundMessage message, Route.Into into) {
    return new InboundMessage(
        message.destination(),
        into.text().map(List::of).orElse(message.parts()),
        into.sender().orElse(message.sender()),
        message.source(),
        along(message.metadata(), into),
        message.key(),
        message.trusted(),
        message.mayBeAnswered(),
        message.reply(),
        message.files());
  }

  /** A text with a code may go to another user's conversation, who must not see the quote. */
  private static Document along(Document metadata, Route.Into into) {
    if (into.text().isEmpty() || metadata == null || !metadata.containsKey("repliedTo")) {
      return metadata;
    }
    Document without = new Document(metadata);
    without.remove("repliedTo");
    return without;
  }

  static NewMessage message(InboxEntry entry) {
    return message(
        Envelope.open(entry.envelope),
        UUID.fromString(entry.messageId),
        Boolean.TRUE.equals(entry.toBeAnswered));
  }
}
