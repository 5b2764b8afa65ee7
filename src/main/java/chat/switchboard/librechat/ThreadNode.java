package chat.switchboard.librechat;

import java.util.Date;
import java.util.Map;
import org.bson.Document;

/**
 * The fields of a message that decide its place in the thread.
 *
 * @param updatedAt the last write; for an answer of LibreChat the time of completion
 * @param byUser whether the owner wrote it in LibreChat
 * @param external whether Switchboard added the message
 * @param writtenAt when the message was written first: a message that was moved has a later date
 */
public record ThreadNode(
    String messageId,
    String parentMessageId,
    Date createdAt,
    Date updatedAt,
    boolean byUser,
    boolean external,
    Date writtenAt) {

  private static final Date UNKNOWN = new Date(0);

  static ThreadNode of(Document message) {
    Date createdAt = message.getDate("createdAt");
    Date updatedAt = message.getDate("updatedAt");
    Map<?, ?> metadata = message.get("metadata") instanceof Document found ? found : Map.of();
    Date date = createdAt == null ? UNKNOWN : createdAt;
    return new ThreadNode(
        message.getString("messageId"),
        message.getString("parentMessageId"),
        date,
        updatedAt == null ? UNKNOWN : updatedAt,
        Boolean.TRUE.equals(message.getBoolean("isCreatedByUser")),
        MessageView.EXTERNAL.equals(metadata.get("role")),
        metadata.get(Message.WRITTEN_AT) instanceof Date writtenAt ? writtenAt : date);
  }

  /** Returns the message at another place. */
  ThreadNode at(String parent, Date date) {
    return new ThreadNode(messageId, parent, date, updatedAt, byUser, external, writtenAt);
  }
}
