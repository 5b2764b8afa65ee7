package chat.switchboard.librechat;

import java.util.Date;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.ObjectId;

/**
 * The fields of a message that decide whether the message is announced.
 *
 * @param external whether Switchboard added the message
 * @param roleless whether the message has no role, like a copy that LibreChat made
 * @param byUser whether the owner wrote it in LibreChat
 * @param unfinished whether the message is an answer that LibreChat still generates, or that was
 *     stopped
 * @param firstDate when the message was written first: a message that was moved has a later date
 */
public record MessageSummary(
    ObjectId id,
    String messageId,
    String parentMessageId,
    String conversationId,
    String user,
    boolean external,
    boolean roleless,
    boolean byUser,
    boolean unfinished,
    Date createdAt,
    Date firstDate) {

  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  static final String[] FIELDS = {
    "messageId",
    "parentMessageId",
    "conversationId",
    "user",
    "role",
    "metadata.role",
    "metadata." + Message.WRITTEN_AT,
    "isCreatedByUser",
    "unfinished",
    "createdAt"
  };

  /** Reads a document from the database, whichever program wrote it. */
  static MessageSummary of(BsonDocument stored) {
    // A raw document reads itself from its beginning for each field.
    BsonDocument message = stored instanceof RawBsonDocument raw ? raw.decode(CODEC) : stored;
    BsonValue id = message.get("_id");
    BsonValue metadata = message.get("metadata");
    Date createdAt = date(message.get("createdAt"));
    Date writtenAt =
        metadata != null && metadata.isDocument()
            ? date(metadata.asDocument().get(Message.WRITTEN_AT))
            : null;
    Date date = createdAt == null ? new Date(0) : createdAt;
    return new MessageSummary(
        id != null && id.isObjectId() ? id.asObjectId().getValue() : null,
        text(message, "messageId"),
        text(message, "parentMessageId"),
        text(message, "conversationId"),
        text(message, "user"),
        metadata != null
            && metadata.isDocument()
            && MessageView.EXTERNAL.equals(text(metadata.asDocument(), "role")),
        text(message, "role") == null,
        isTrue(message, "isCreatedByUser"),
        isTrue(message, "unfinished"),
        date,
        writtenAt == null ? date : writtenAt);
  }

  private static Date date(BsonValue value) {
    return value != null && value.isDateTime() ? new Date(value.asDateTime().getValue()) : null;
  }

  /** Returns the summary of this answer after its completion. */
  public MessageSummary finished() {
    return new MessageSummary(
        id,
        messageId,
        parentMessageId,
        conversationId,
        user,
        external,
        roleless,
        byUser,
        false,
        createdAt,
        firstDate);
  }

  /** Whether the document has the fields of every LibreChat message. */
  boolean isWhole() {
    return id != null && messageId != null && user != null;
  }

  private static String text(BsonDocument document, String field) {
    BsonValue value = document.get(field);
    return value != null && value.isString() ? value.asString().getValue() : null;
  }

  private static boolean isTrue(BsonDocument document, String field) {
    BsonValue value = document.get(field);
    return value != null && value.isBoolean() && value.asBoolean().getValue();
  }
}
