package chat.switchboard.api;

import chat.switchboard.outbound.TextFormat;
import chat.switchboard.phone.PhoneNumberParser;
import chat.switchboard.phone.ServiceNumber;
import io.quarkus.runtime.annotations.RegisterForReflection;
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
                "The text that the phone shows. Keep the text short: every 160 characters (70 with "
                    + "emoji) cost one segment.",
            examples = "Your appointment is tomorrow at 10.")
        String text,
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
        Optional<String> from) {

  static final String FORMAT =
      "text: the text is sent unchanged, character for character. markdown: marks are removed, and "
          + "a link becomes its label with the address in parentheses";

  SmsRequest {
    to = PhoneNumberParser.read("to", RequestFields.needed("to", to)).text();
    conversationId =
        RequestFields.uuid(RequestFields.needed("conversationId", conversationId)).toString();
    text = RequestFields.sendable(text);
    from = from.map(String::strip).map(SmsRequest::sender);
    format = format == null ? TextFormat.TEXT : format;
  }

  private static String sender(String typed) {
    return ServiceNumber.isMessagingService(typed)
        ? typed
        : PhoneNumberParser.read("from", typed).text();
  }

  /** Returns the order for this text. */
  SmsOrderRequest order(String id) {
    return new SmsOrderRequest(
        id, to, UUID.fromString(conversationId), text, includeCode, from, format);
  }
}
