package chat.switchboard.librechat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import org.bson.BsonValue;

/**
 * A message as LibreChat's API returns messages, except that the role is the one that the caller
 * knows: {@code external}.
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MessageView(
    String messageId,
    String conversationId,
    String parentMessageId,
    String sender,
    String text,
    List<Map<String, Object>> content,
    @JsonProperty("isCreatedByUser") boolean createdByUser,
    String role,
    Map<String, Object> metadata,
    String endpoint,
    String model,
    String iconURL,
    boolean unfinished,
    boolean error,
    @JsonProperty("isTemporary") boolean temporary,
    @JsonInclude(JsonInclude.Include.ALWAYS) String expiredAt,
    String createdAt,
    String updatedAt) {

  static final String EXTERNAL = "external";

  /** The view of this message. */
  public static MessageView of(Message message) {
    boolean external = message.fromOutside();
    return new MessageView(
        message.messageId,
        message.conversationId,
        message.parentMessageId,
        message.sender,
        message.text,
        message.content == null ? null : List.copyOf(message.content),
        Boolean.TRUE.equals(message.createdByUser),
        external ? EXTERNAL : message.role,
        message.metadata,
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

  private static String date(BsonValue value) {
    return value == null || !value.isDateTime() ? null : IsoDate.of(value.asDateTime().getValue());
  }
}
