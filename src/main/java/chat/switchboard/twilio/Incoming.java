package chat.switchboard.twilio;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a signed webhook is about. */
sealed interface Incoming {

  /** A text that a person wrote to us. */
  record Text(SignedForm form) implements Incoming {

    /** Who wrote it, under Twilio's name. */
    String person() {
      return isInConversation()
          ? form.field("Author").or(() -> form.field("From")).orElse("")
          : form.field("From").or(() -> form.field("Author")).orElse("");
    }

    /** Twilio's name for the message, as Twilio spells it. */
    String sid() {
      return form.messageSid().orElse("");
    }

    /** Twilio's name for the message in one spelling: one message has one key. */
    String key() {
      String sid = sid();
      return sid.length() < 2
          ? sid
          : sid.substring(0, 2) + sid.substring(2).toLowerCase(Locale.ROOT);
    }

    /** Our number that it was sent to, and the service that the number belongs to. */
    List<String> ours() {
      List<String> named =
          Stream.of(form.field("To"), form.field("MessagingServiceSid"))
              .flatMap(Optional::stream)
              .toList();
      return named.isEmpty() ? List.of("") : named;
    }

    /** The conversation of Twilio's (group MMS) that it was written in. */
    Optional<String> conversationSid() {
      return isInConversation() ? form.field("ConversationSid") : Optional.empty();
    }

    boolean isInConversation() {
      return form.field(EVENT_TYPE).isPresent();
    }
  }

  /**
   * Something else that happened in a conversation of Twilio's, or a message of our own there,
   * which would be an echo.
   */
  record NoMessage() implements Incoming {}

  String EVENT_TYPE = "EventType";

  static Incoming of(SignedForm form) {
    Optional<String> event = form.field(EVENT_TYPE);
    boolean isOurOwn = form.field("Source").filter("API"::equals).isPresent();
    return event.isEmpty() || (event.get().equals("onMessageAdded") && !isOurOwn)
        ? new Text(form)
        : new NoMessage();
  }
}
