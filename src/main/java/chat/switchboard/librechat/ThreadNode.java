package chat.switchboard.librechat;

import java.util.Date;
import org.bson.Document;

/**
 * The fields of a message that decide its place in the thread.
 *
 * @param updatedAt the last write; for an answer of LibreChat the time of completion
 * @param byUser whether the owner wrote it in LibreChat
 * @param external whether Switchboard added the message
 */
public record ThreadNode(
    String messageId,
    String parentMessageId,
    Date createdAt,
    Date updatedAt,
    boolean byUser,
    boolean external) {

  private static final Date UNKNOWN = new Date(0);

  static ThreadNode of(Document message) {
    Date createdAt = message.getDate("createdAt");
    Date updatedAt = message.getDate("updatedAt");
    return new ThreadNode(
        message.getString("messageId"),
        message.getString("parentMessageId"),
        createdAt == null ? UNKNOWN : createdAt,
        updatedAt == null ? UNKNOWN : updatedAt,
        Boolean.TRUE.equals(message.getBoolean("isCreatedByUser")),
        message.get("metadata") instanceof Document metadata
            && MessageView.EXTERNAL.equals(metadata.get("role")));
  }
}
