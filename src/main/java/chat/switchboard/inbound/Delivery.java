package chat.switchboard.inbound;

import chat.switchboard.librechat.NewMessage;
import java.util.UUID;

/** What is to be appended for a message. */
final class Delivery {

  private Delivery() {}

  static NewMessage message(InboundMessage message, UUID messageId) {
    return new NewMessage(
        messageId, message.parts(), message.sender(), message.source(), message.metadata());
  }

  static NewMessage message(InboxEntry entry) {
    return message(Envelope.open(entry.envelope), UUID.fromString(entry.messageId));
  }
}
