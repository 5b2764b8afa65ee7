package chat.switchboard.librechat;

import java.util.Date;
import org.bson.Document;

/**
 * As much of a message as its place in the thread depends on.
 *
 * @param byUser whether the owner wrote it in LibreChat
 * @param unfinished whether it is part of an answer that is, or was, being generated
 */
public record Turn(
    String messageId, String parentMessageId, Date createdAt, boolean byUser, boolean unfinished) {

  static Turn of(Document message) {
    Date createdAt = message.getDate("createdAt");
    return new Turn(
        message.getString("messageId"),
        message.getString("parentMessageId"),
        createdAt == null ? new Date(0) : createdAt,
        Boolean.TRUE.equals(message.getBoolean("isCreatedByUser")),
        Boolean.TRUE.equals(message.getBoolean("unfinished")));
  }
}
