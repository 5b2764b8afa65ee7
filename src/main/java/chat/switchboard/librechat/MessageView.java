package chat.switchboard.librechat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.BsonValue;
import org.bson.Document;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A message as LibreChat's API returns messages, except that the role is the caller's own: {@code
 * external}.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    requiredProperties = {
      "messageId",
      "conversationId",
      "parentMessageId",
      "sender",
      "text",
      "isCreatedByUser",
      "unfinished",
      "error",
      "isTemporary",
      "expiredAt",
      "createdAt",
      "updatedAt"
    })
public record MessageView(
    String messageId,
    String conversationId,
    String parentMessageId,
    String sender,
    String text,
    List<Map<String, Object>> content,
    List<Map<String, Object>> files,
    @JsonProperty("isCreatedByUser") boolean createdByUser,
    String role,
    Map<String, Object> metadata,
    String endpoint,
    String model,
    String iconURL,
    boolean unfinished,
    boolean error,
    @JsonProperty("isTemporary") boolean temporary,
    @JsonInclude(JsonInclude.Include.ALWAYS) @Schema(nullable = true) String expiredAt,
    String createdAt,
    String updatedAt) {

  static final String EXTERNAL = "external";

  /** Returns the message as it is stored and as LibreChat's page shows it. */
  public static MessageView of(Message message) {
    return of(message, message.text, message.content, message.metadata);
  }

  /** Returns the message with the text as it arrived, for the caller who sent the text. */
  public static MessageView original(Message message) {
    if (!message.isEscaped()) {
      return of(message);
    }
    Document metadata = new Document(message.metadata);
    metadata.remove(Message.ESCAPED);
    return of(message, message.originalText(), originalContent(message), metadata);
  }

  private static List<Document> originalContent(Message message) {
    return message.content == null
        ? null
        : message.content.stream()
            .map(
                part ->
                    part.get("text") instanceof String text
                        ? new Document(part).append("text", StrangerMarkdown.unescape(text))
                        : part)
            .toList();
  }

  private static MessageView of(
      Message message, String text, List<Document> content, Document metadata) {
    boolean external = message.fromOutside();
    return new MessageView(
        message.messageId,
        message.conversationId,
        message.parentMessageId,
        message.sender,
        text,
        content == null ? null : List.copyOf(content),
        message.files == null ? null : List.copyOf(message.files),
        Boolean.TRUE.equals(message.createdByUser),
        external ? EXTERNAL : message.role,
        withText(metadata),
        message.endpoint,
        message.model,
        message.iconURL,
        Boolean.TRUE.equals(message.unfinished),
        Boolean.TRUE.equals(message.error),
        Boolean.TRUE.equals(message.temporary),
        date(message.expiredAt),
        IsoDate.of(message.createdAt),
        IsoDate.of(message.updatedAt));
  }

  /** The first date of a moved message becomes text, as all dates of a message. */
  private static Document withText(Document metadata) {
    return metadata != null && metadata.get(Message.WRITTEN_AT) instanceof Date writtenAt
        ? new Document(metadata).append(Message.WRITTEN_AT, IsoDate.of(writtenAt))
        : metadata;
  }

  private static String date(BsonValue value) {
    return value == null || !value.isDateTime() ? null : IsoDate.of(value.asDateTime().getValue());
  }
}
