package chat.switchboard.twilio;

import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.phone.PhoneAddress;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Source;
import chat.switchboard.text.ShownText;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** Turns a text that Twilio brings into an {@link InboundMessage}. */
final class WebhookReader {

  /** The longest name to show, in grapheme clusters. WhatsApp's own limit is 25. */
  private static final int LONGEST_NAME = 60;

  private WebhookReader() {}

  static InboundMessage read(Incoming.Text text, boolean mayBeAnswered) {
    SignedForm form = text.form();
    String from = text.person();
    String source = PhoneAddress.of(from).channel().source();
    Optional<String> profile =
        form.field("ProfileName")
            .map(name -> ShownText.line(name, LONGEST_NAME))
            .filter(name -> !name.isEmpty());
    Document metadata =
        new Document("source", source).append("phoneNumber", from).append("messageSid", text.sid());
    form.field("To").ifPresent(to -> metadata.append("serviceNumber", to));
    profile.ifPresent(name -> metadata.append("profileName", name));
    text.conversationSid().ifPresent(group -> metadata.append("conversationSid", group));
    MessageContent content = MessageContent.of(text);
    metadata.putAll(content.metadata());
    String number = PhoneAddress.of(from).shown();
    return new InboundMessage(
        new ToContact(
            new Contact(
                from, form.field("To"), source, Optional.empty(), text.conversationSid(), false)),
        List.of(content.text()),
        Source.shown(source) + " " + profile.map(name -> name + " " + number).orElse(number),
        source,
        metadata,
        Optional.of(new TwilioMessage(form.field("AccountSid").orElse(""), text.key())),
        mayBeAnswered);
  }
}
