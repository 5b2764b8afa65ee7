package chat.switchboard.inbound;

import chat.switchboard.routing.Contact;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** Messages for tests that need any message. */
final class InboundMessages {

  private InboundMessages() {}

  static InboundMessage sms() {
    return new InboundMessage(
        new InboundMessage.ToContact(new Contact("+1", Optional.empty(), "sms")),
        List.of("text"),
        "SMS",
        "sms",
        new Document(),
        Optional.empty(),
        true);
  }
}
