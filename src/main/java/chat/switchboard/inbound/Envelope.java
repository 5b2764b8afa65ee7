package chat.switchboard.inbound;

import chat.switchboard.inbound.InboundMessage.Destination;
import chat.switchboard.inbound.InboundMessage.HookDelivery;
import chat.switchboard.inbound.InboundMessage.IdempotencyKey;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.ToConversation;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.media.IncomingFile;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Contact.Opening;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bson.Document;

/** An {@link InboundMessage} as a document and back. */
final class Envelope {

  private static final String FILES = "files";

  private Envelope() {}

  static Document seal(InboundMessage message) {
    Document envelope = new Document();
    if (message.destination() instanceof ToConversation to) {
      envelope
          .append("conversationId", to.conversationId().toString())
          .append("owner", to.owner().orElse(null));
    } else if (message.destination() instanceof ToContact to) {
      envelope
          .append("from", to.contact().from())
          .append("to", to.contact().to().orElse(null))
          .append("contactSource", to.contact().source())
          .append("code", to.contact().code().orElse(null))
          .append("conversationSid", to.contact().conversationSid().orElse(null))
          .append("named", to.contact().named())
          .append("opening", to.contact().opening().map(Envelope::seal).orElse(null));
    }
    message
        .key()
        .ifPresent(
            key -> {
              if (key instanceof TwilioMessage twilio) {
                envelope
                    .append("accountSid", twilio.accountSid())
                    .append("messageSid", twilio.messageSid());
              } else if (key instanceof IdempotencyKey idempotency) {
                envelope.append("idempotencyKey", idempotency.value());
              } else if (key instanceof HookDelivery delivery) {
                envelope.append("hookMessageId", delivery.messageId().toString());
              }
            });
    if (!message.files().isEmpty()) {
      envelope.append(FILES, message.files().stream().map(IncomingFile::seal).toList());
    }
    return envelope
        .append("parts", message.parts())
        .append("sender", message.sender())
        .append("source", message.source())
        .append("metadata", message.metadata())
        .append("trusted", message.trusted())
        .append("mayBeAnswered", message.mayBeAnswered())
        .append("reply", message.reply().orElse(null));
  }

  static InboundMessage open(Document envelope) {
    return new InboundMessage(
        destination(envelope),
        envelope.getList("parts", String.class),
        envelope.getString("sender"),
        envelope.getString("source"),
        envelope.get("metadata", Document.class),
        key(envelope),
        envelope.getBoolean("trusted", false),
        envelope.getBoolean("mayBeAnswered", true),
        Optional.ofNullable(envelope.getBoolean("reply")),
        files(envelope));
  }

  /** The files that the message announces. */
  static List<IncomingFile> files(Document envelope) {
    return IncomingFile.open(envelope.getList(FILES, Document.class));
  }

  private static Destination destination(Document envelope) {
    String conversationId = envelope.getString("conversationId");
    return conversationId != null
        ? new ToConversation(
            UUID.fromString(conversationId), Optional.ofNullable(envelope.getString("owner")))
        : new ToContact(
            new Contact(
                envelope.getString("from"),
                Optional.ofNullable(envelope.getString("to")),
                envelope.getString("contactSource"),
                Optional.ofNullable(envelope.getString("code")),
                Optional.ofNullable(envelope.getString("conversationSid")),
                envelope.getBoolean("named", false),
                Optional.ofNullable(envelope.get("opening", Document.class))
                    .map(Envelope::opening)));
  }

  private static Document seal(Opening opening) {
    return new Document("owner", opening.owner())
        .append("title", opening.title())
        .append("endpoint", opening.endpoint().orElse(null))
        .append("model", opening.model().orElse(null))
        .append("agentId", opening.agentId().orElse(null));
  }

  private static Opening opening(Document sealed) {
    return new Opening(
        sealed.getString("owner"),
        sealed.getString("title"),
        Optional.ofNullable(sealed.getString("endpoint")),
        Optional.ofNullable(sealed.getString("model")),
        Optional.ofNullable(sealed.getString("agentId")));
  }

  private static Optional<InboundMessage.DedupeKey> key(Document envelope) {
    if (envelope.containsKey("messageSid")) {
      return Optional.of(
          new TwilioMessage(envelope.getString("accountSid"), envelope.getString("messageSid")));
    }
    if (envelope.containsKey("hookMessageId")) {
      return Optional.of(new HookDelivery(UUID.fromString(envelope.getString("hookMessageId"))));
    }
    return Optional.ofNullable(envelope.getString("idempotencyKey")).map(IdempotencyKey::new);
  }
}
