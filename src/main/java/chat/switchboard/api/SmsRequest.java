package chat.switchboard.api;

import chat.switchboard.address.PhoneNumberParser;
import chat.switchboard.address.ServiceNumber;
import chat.switchboard.http.ProblemException;
import chat.switchboard.outbound.OutgoingFile;
import chat.switchboard.outbound.OutsideWindow;
import chat.switchboard.outbound.SendTime;
import chat.switchboard.outbound.TextFormat;
import chat.switchboard.outbound.WindowRule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The body of a text to be sent. */
@RegisterForReflection
@Schema(name = "NewText", description = "A text message to one person's phone")
record SmsRequest(
    @Schema(
            required = true,
            format = "phone-number",
            description =
                "The person's phone number in international form; whatsapp:+… and rcs:… select "
                    + "these channels",
            examples = "+15551234567")
        String to,
    @Schema(
            required = true,
            format = "uuid",
            description = "The LibreChat conversation for the person's answer")
        String conversationId,
    @Schema(
            required = true,
            pattern = RequestFields.SENDABLE,
            description =
                "The text that the phone shows; may be missing if there are media or a template. Keep the text "
                    + "short: every 160 characters (70 with emoji) cost one segment.",
            examples = "Your appointment is tomorrow at 10.")
        String text,
    @Schema(maxItems = OutgoingFile.MOST, description = MEDIA) List<String> media,
    @Schema(
            description =
                "Whether the text ends with a code by which the person can answer into this "
                    + "conversation from any phone",
            defaultValue = "false")
        boolean includeCode,
    @Schema(
            type = SchemaType.STRING,
            description = FORMAT,
            enumeration = {"text", "markdown"},
            defaultValue = "text")
        TextFormat format,
    @Schema(
            format = "phone-number",
            description =
                "The sender: a service number, or a messaging service (MG…); default: the number "
                    + "that the person knows",
            examples = "+15557654321")
        Optional<String> from,
    @Schema(
            format = "date-time",
            pattern = RequestFields.TIME_FORM,
            description = SmsRequest.SEND_AT,
            examples = "2026-12-24T18:00:00+01:00")
        Optional<String> sendAt,
    @Schema(description = SmsRequest.QUIET_HOURS, defaultValue = "false") boolean quietHours,
    @Schema(
            type = SchemaType.STRING,
            description = SmsRequest.OUTSIDE_WINDOW,
            enumeration = {"hold", "template", "fail"})
        OutsideWindow outsideWindow,
    @Schema(
            description =
                "The template by which the message goes, inside and outside WhatsApp's window; "
                    + "without media and code")
        TemplateRequest template) {

  /** Addresses that storages sign have at most some 1,500 characters. */
  static final int LONGEST_REFERENCE = 2_048;

  static final String SEND_AT =
      "When the text is to be sent, at most 30 days ahead, in ISO 8601 with the offset from UTC; "
          + "DELETE /api/sms/{id} cancels the text until then. Without this field the text is sent "
          + "at once.";

  static final String QUIET_HOURS =
      "true for a text that the person does not wait for: the text is held in the quiet hours of "
          + "the person (switchboard.quiet-hours, in the time zone of the area code), unless the "
          + "person has written within the last 10 minutes";

  static final String OUTSIDE_WINDOW =
      "What happens to the text if the person is on WhatsApp and has not written for 24 hours: hold "
          + "(the text waits for the person's next message), template (the text goes as "
          + "switchboard.whatsapp.reopen-template) or fail (409). Default: "
          + "switchboard.whatsapp.outside-window.";

  static final String MEDIA =
      "Pictures and files that go with the text, at most 10: the file_id of a file in "
          + "LibreChat, the id of a file that a person sent (GET /api/media), or an https "
          + "address on a host of switchboard.media.hosts. A file that the person's phone "
          + "or carrier cannot take becomes a link in the text.";

  static final String FORMAT =
      "text: the text is sent unchanged, character for character. markdown: marks are removed, and "
          + "a link becomes its label with the address in parentheses";

  SmsRequest {
    to = PhoneNumberParser.read("to", RequestFields.needed("to", to)).text();
    conversationId =
        RequestFields.uuid(RequestFields.needed("conversationId", conversationId)).toString();
    media = media(media);
    text = template == null ? text(text, media) : beside(template, text, media, includeCode);
    from = from.map(String::strip).map(SmsRequest::sender);
    format = format == null ? TextFormat.TEXT : format;
    sendAt = time(sendAt);
  }

  /** Returns the words of a text, which may be missing if there are media. */
  static String text(String given, List<String> media) {
    return media.isEmpty() || (given != null && !given.isBlank())
        ? RequestFields.sendable(given)
        : "";
  }

  /** Returns the words that stand in the conversation if the template has no words of its own. */
  private static String beside(
      TemplateRequest template, String given, List<String> media, boolean includeCode) {
    if (!media.isEmpty() || includeCode) {
      throw ProblemException.of(400, "template goes without media and without includeCode");
    }
    return given == null || given.isBlank() ? template.contentSid() : RequestFields.sendable(given);
  }

  static List<String> media(List<String> given) {
    if (given == null) {
      return List.of();
    }
    if (given.size() > OutgoingFile.MOST) {
      throw ProblemException.of(400, "media must not have more than 10 items");
    }
    List<String> media = new ArrayList<>(given.size());
    for (int i = 0; i < given.size(); i++) {
      String name = "media[" + i + "]";
      String item = RequestFields.needed(name, given.get(i)).strip();
      if (item.length() > LONGEST_REFERENCE) {
        throw ProblemException.of(
            400, name + " must not be longer than " + LONGEST_REFERENCE + " characters");
      }
      media.add(item);
    }
    return List.copyOf(media);
  }

  /** Two spellings of one moment are one request. */
  static Optional<String> time(Optional<String> sendAt) {
    return sendAt.map(typed -> RequestFields.time("sendAt", typed).toString());
  }

  private static String sender(String typed) {
    return ServiceNumber.isMessagingService(typed)
        ? typed
        : PhoneNumberParser.read("from", typed).text();
  }

  /** Returns the order for this text. */
  SmsOrderRequest order(String id) {
    return new SmsOrderRequest(
        id,
        id,
        to,
        UUID.fromString(conversationId),
        text,
        media,
        includeCode,
        from,
        format,
        new SendTime(sendAt.map(Instant::parse), quietHours),
        new WindowRule(
            Optional.ofNullable(outsideWindow),
            Optional.ofNullable(template).map(TemplateRequest::message)));
  }
}
