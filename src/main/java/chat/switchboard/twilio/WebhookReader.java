package chat.switchboard.twilio;

import chat.switchboard.inbound.CleanText;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.ops.Mask;
import chat.switchboard.routing.Contact;
import chat.switchboard.routing.Source;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/** Turns a signed webhook into an {@link InboundMessage}. */
@ApplicationScoped
class WebhookReader {

  /** Twilio's own limit for one message. */
  private static final int MOST_MEDIA = 10;

  /** What the webhook says; empty if it names no message or no sender. */
  Optional<InboundMessage> read(SignedForm form, boolean mayBeAnswered) {
    Optional<String> sid =
        form.field("MessageSid")
            .or(() -> form.field("SmsMessageSid"))
            .or(() -> form.field("SmsSid"));
    Optional<String> from = form.field("From");
    if (sid.isEmpty() || from.isEmpty()) {
      return Optional.empty();
    }
    String source = source(from.get());
    List<Document> media = media(form);
    Document metadata =
        new Document("source", source)
            .append("phoneNumber", CleanText.of(from.get()))
            .append("messageSid", sid.get());
    form.field("To").ifPresent(to -> metadata.append("serviceNumber", to));
    form.field("ProfileName").ifPresent(name -> metadata.append("profileName", CleanText.of(name)));
    if (!media.isEmpty()) {
      metadata.append("media", media);
    }
    return Optional.of(
        new InboundMessage(
            new ToContact(new Contact(from.get(), form.field("To"), source)),
            List.of(text(form, media)),
            sender(form, source, from.get()),
            source,
            metadata,
            Optional.of(new TwilioMessage(form.field("AccountSid").orElse(""), sid.get())),
            mayBeAnswered));
  }

  private static String source(String from) {
    if (from.startsWith("whatsapp:")) {
      return "whatsapp";
    }
    return from.startsWith("rcs:") ? "rcs" : "sms";
  }

  private static String sender(SignedForm form, String source, String from) {
    String number = Mask.phone(from.substring(from.indexOf(':') + 1));
    String who =
        form.field("ProfileName").map(name -> CleanText.of(name) + " " + number).orElse(number);
    return Source.shown(source) + " " + who;
  }

  /** A picture without words is a message too: what came is said in the text. */
  private static String text(SignedForm form, List<Document> media) {
    List<String> lines = new ArrayList<>();
    form.field("Body").map(CleanText::of).filter(body -> !body.isBlank()).ifPresent(lines::add);
    media.forEach(item -> lines.add("[attachment: " + item.getString("contentType") + "]"));
    return lines.isEmpty() ? "(empty message)" : String.join("\n", lines);
  }

  private static List<Document> media(SignedForm form) {
    List<Document> media = new ArrayList<>();
    for (int i = 0; i < MOST_MEDIA; i++) {
      Optional<String> url = form.field("MediaUrl" + i);
      if (url.isPresent()) {
        media.add(
            new Document("url", CleanText.of(url.get()))
                .append(
                    "contentType",
                    form.field("MediaContentType" + i)
                        .map(CleanText::of)
                        .orElse("application/octet-stream")));
      }
    }
    return media;
  }
}
