package chat.switchboard.events;

import chat.switchboard.address.Mask;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * An event as its receiver gets it, in the form of Standard Webhooks.
 *
 * @param type the name of the event, such as {@code message.received}
 * @param timestamp when it happened (RFC 3339)
 * @param data the ids of the subject, and numbers with hidden middle digits
 */
@RegisterForReflection
@JsonPropertyOrder({"type", "timestamp", "data"})
record OutgoingEvent(String type, String timestamp, Data data) {

  /**
   * What an event is about; a member that does not apply is left out.
   *
   * @param textId the id of the text, as in {@code GET /api/sms/{id}}
   * @param phone the person's number with its middle hidden
   * @param cause why a text does not arrive, or how the person opted out
   * @param text the words, only for a receiver with {@code include-text=true}
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Data(
      @Nullable String conversationId,
      @Nullable String messageId,
      @Nullable String textId,
      @Nullable Integer part,
      @Nullable Integer parts,
      @Nullable String source,
      @Nullable String phone,
      @Nullable String cause,
      @Nullable String text) {

    Data {
      // A masked number stays as it is.
      phone = phone == null || phone.indexOf('\u2022') >= 0 ? phone : Mask.phone(phone);
    }

    Data withoutText() {
      return new Data(conversationId, messageId, textId, part, parts, source, phone, cause, null);
    }
  }
}
