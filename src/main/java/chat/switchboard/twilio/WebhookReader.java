package chat.switchboard.twilio;

import chat.switchboard.inbound.CleanText;
import chat.switchboard.inbound.InboundMessage;
import chat.switchboard.inbound.InboundMessage.ToContact;
import chat.switchboard.inbound.InboundMessage.TwilioMessage;
import chat.switchboard.phone.PhoneAddress;
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

  private static final String MESSAGE_ADDED = "onMessageAdded";

  /** What a webhook is about. */
  sealed interface Reading {
    /** A message. */
    record Taken(InboundMessage message) implements Reading {}

    /**
     * Something else that happened in a conversation of Twilio's, or a message of our own there.
     */
    record NoMessage() implements Reading {}

    /** It names no message or no sender. */
    record Unreadable() implements Reading {}
  }

  /** Who it is from; empty if it does not say so. */
  static String from(SignedForm form) {
    return form.field("From").or(() -> form.field("Author")).orElse("");
  }

  /** What the webhook says. */
  Reading read(SignedForm form, boolean mayBeAnswered) {
    Optional<String> event = form.field("EventType");
    if (event.isPresent() && (!event.get().equals(MESSAGE_ADDED) || isOurOwn(form))) {
      return new Reading.NoMessage();
    }
    Optional<String> sid =
        form.field("MessageSid")
            .or(() -> form.field("SmsMessageSid"))
            .or(() -> form.field("SmsSid"));
    String from = from(form);
    if (sid.isEmpty() || from.isEmpty()) {
      return new Reading.Unreadable();
    }
    String source = source(from);
    List<Document> media = event.isPresent() ? groupMedia(form) : media(form);
    Document metadata =
        new Document("source", source)
            .append("phoneNumber", CleanText.of(from))
            .append("messageSid", sid.get());
    form.field("To").ifPresent(to -> metadata.append("serviceNumber", to));
    form.field("ProfileName").ifPresent(name -> metadata.append("profileName", CleanText.of(name)));
    Optional<String> conversationSid = event.flatMap(added -> form.field("ConversationSid"));
    conversationSid.ifPresent(group -> metadata.append("conversationSid", group));
    if (!media.isEmpty()) {
      metadata.append("media", media);
    }
    Contact contact =
        new Contact(from, form.field("To"), source, Optional.empty(), conversationSid, false);
    return new Reading.Taken(
        new InboundMessage(
            new ToContact(contact),
            List.of(text(form, media)),
            sender(form, source, from),
            source,
            metadata,
            Optional.of(new TwilioMessage(form.field("AccountSid").orElse(""), sid.get())),
            mayBeAnswered));
  }

  /** What was sent into Twilio's conversation through its API is ours, and would be an echo. */
  static boolean isOurOwn(SignedForm form) {
    return form.field("Source").filter(source -> source.equals("API")).isPresent();
  }

  /** Twilio's conversations describe their media as a list in JSON. */
  private static List<Document> groupMedia(SignedForm form) {
    Optional<String> json = form.field("Media");
    if (json.isEmpty()) {
      return List.of();
    }
    try {
      return Document.parse("{\"media\":" + json.get() + "}")
          .getList("media", Document.class)
          .stream()
          .limit(MOST_MEDIA)
          .map(
              item ->
                  new Document("sid", String.valueOf(item.get("Sid")))
                      .append("contentType", String.valueOf(item.get("ContentType"))))
          .toList();
    } catch (RuntimeException malformed) {
      return List.of(new Document("contentType", "unknown"));
    }
  }

  private static String source(String from) {
    return PhoneAddress.of(from).channel().source();
  }

  private static String sender(SignedForm form, String source, String from) {
    String number = PhoneAddress.of(from).shown();
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
