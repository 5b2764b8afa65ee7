package chat.switchboard.twilio;

import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Source;
import java.util.Optional;
import org.bson.Document;

/** Turns a text of a person into an {@link InboundMessage}. */
final class WebhookReader {

  private WebhookReader() {}

  static InboundMessage read(IncomingSms text, boolean mayBeAnswered) {
    String source = text.person().channel().source();
    Document metadata =
        new Document("source", source)
            .append("phoneNumber", text.from())
            .append("messageSid", text.sid());
    text.to().ifPresent(to -> metadata.append("serviceNumber", to));
    text.profileName().ifPresent(name -> metadata.append("profileName", name));
    text.conversationSid().ifPresent(group -> metadata.append("conversationSid", group));
    metadata.putAll(text.content().metadata());
    String number = text.person().shown();
    return new InboundMessage(
            new ToContact(
                new Contact(
                    text.from(),
                    text.to(),
                    source,
                    Optional.empty(),
                    text.conversationSid(),
                    false)),
            text.content().parts(),
            Source.shown(source)
                + " "
                + text.profileName().map(name -> name + " " + number).orElse(number),
            source,
            metadata,
            Optional.of(new TwilioMessage(text.accountSid(), text.key())),
            mayBeAnswered)
        .with(text.content().files());
  }
}
