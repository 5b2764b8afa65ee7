package chat.switchboard.librechat;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Date;
import java.util.List;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;
import org.bson.codecs.pojo.annotations.BsonProperty;
import org.bson.types.ObjectId;

/**
 * A message in LibreChat's {@code messages}: the fields that we write and read. Null fields are
 * left out of the document; fields that later LibreChat versions add are not touched.
 */
@MongoEntity(collection = "messages")
public class Message extends ReactivePanacheMongoEntityBase {

  /** The parent of a conversation's first message. */
  public static final String NO_PARENT = "00000000-0000-0000-0000-000000000000";

  @BsonId public ObjectId id;
  public String messageId;
  public String conversationId;

  /** The owner: the hexadecimal form of {@code users._id}, as a string. */
  public String user;

  public String parentMessageId;
  public String sender;
  public String text;

  /** Parts of the form {@code {type, text}}, and others that LibreChat knows. */
  public List<Document> content;

  /** Files that tools of an agent made, such as pictures. */
  @BsonProperty("attachments")
  public BsonValue toolFiles;

  /**
   * LibreChat's own files, for the model: {@code file_id, filename, filepath, type, width, height}.
   * A message with files has no {@link #content}.
   */
  public List<Document> files;

  /**
   * The role under which LibreChat gives this message to the model; unknown roles become system
   * prompts.
   */
  public String role;

  @BsonProperty("isCreatedByUser")
  public Boolean createdByUser;

  /**
   * Whether the whole message came from outside the model; only releases since {@code
   * @librechat/data-schemas} 0.0.71 know the field.
   */
  @BsonProperty("isUserSubmitted")
  public Boolean userSubmitted;

  public Document metadata;
  public String endpoint;

  /**
   * The name of the source. LibreChat's page shows this name on hover; a value that is not an
   * agent's id keeps an agent's name and icon off the message.
   */
  public String model;

  public String iconURL;
  public Boolean unfinished;
  public Boolean error;

  @BsonProperty("isTemporary")
  public Boolean temporary;

  /** A date, or BSON null, which LibreChat writes for a conversation without a deadline. */
  public BsonValue expiredAt;

  public String tenantId;

  /** False makes LibreChat's search index the message. */
  @BsonProperty("_meiliIndex")
  public Boolean meiliIndex;

  public Date createdAt;
  public Date updatedAt;

  @BsonProperty("__v")
  public Integer version;

  /** The field of {@link #metadata} that marks a message whose Markdown is escaped. */
  static final String ESCAPED = "textEscaped";

  /** The field of {@link #metadata} with the id and the state of each file. */
  static final String ATTACHMENTS = "attachments";

  /** The field of {@link #metadata} with the length of the text before the Markdown of files. */
  static final String CAPTION_LENGTH = "captionLength";

  /** The field of {@link #metadata} with the first date of a message that was moved. */
  static final String WRITTEN_AT = "writtenAt";

  /** Returns when the message was written first: a message that was moved has a later date. */
  public Date firstDate() {
    return metadata != null && metadata.get(WRITTEN_AT) instanceof Date first ? first : createdAt;
  }

  /** Returns the text as it arrived, without the Markdown that shows the files of the message. */
  public String caption() {
    Integer length = captionLength();
    if (length == null) {
      return originalText();
    }
    String caption = text.substring(0, length);
    return isEscaped() ? StrangerMarkdown.unescape(caption) : caption;
  }

  /** Returns the Markdown that shows the files of the message; empty if there are none. */
  public String attachedMarkdown() {
    Integer length = captionLength();
    return length == null ? "" : text.substring(length).strip();
  }

  private Integer captionLength() {
    return text != null
            && metadata != null
            && metadata.get(CAPTION_LENGTH) instanceof Integer length
            && length >= 0
            && length <= text.length()
        ? length
        : null;
  }

  /** Returns the id, the name and the state of each file of the message. */
  public List<Document> attachments() {
    return metadata != null && metadata.get(ATTACHMENTS) instanceof List<?> list
        ? list.stream().filter(Document.class::isInstance).map(Document.class::cast).toList()
        : List.of();
  }

  /** Returns the text as it arrived; in {@link #text} the Markdown that would act is escaped. */
  public String originalText() {
    return text == null || !isEscaped() ? text : StrangerMarkdown.unescape(text);
  }

  /** Whether {@link #text} and {@link #content} differ from the text as it arrived. */
  boolean isEscaped() {
    return metadata != null && Boolean.TRUE.equals(metadata.get(ESCAPED));
  }

  /** Whether Switchboard added the message from outside. */
  public boolean fromOutside() {
    return metadata != null && "external".equals(metadata.get("role"));
  }
}
