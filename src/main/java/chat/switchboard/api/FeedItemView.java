package chat.switchboard.api;

import chat.switchboard.librechat.IsoDate;
import chat.switchboard.librechat.Message;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A message from outside and its conversation, without the text, which only the conversation's
 * owner may read.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(requiredProperties = {"messageId", "conversationId", "sender", "characters", "createdAt"})
public record FeedItemView(
    String messageId,
    String conversationId,
    @Schema(examples = "SMS +1••••••4567") String sender,
    @Schema(examples = "sms") String source,
    @Schema(description = "The length of the text") int characters,
    String createdAt) {

  static FeedItemView of(Message message) {
    String text = message.originalText();
    return new FeedItemView(
        message.messageId,
        message.conversationId,
        message.sender,
        message.metadata == null ? null : message.metadata.get("source", String.class),
        text == null ? 0 : text.codePointCount(0, text.length()),
        IsoDate.of(message.createdAt));
  }
}
