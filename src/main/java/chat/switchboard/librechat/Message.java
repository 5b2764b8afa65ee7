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
 * A message in LibreChat's {@code messages}: the fields that we write and read. Fields that are
 * null are left out of the document; LibreChat's later fields are left alone.
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

  /** What LibreChat gives the model as this message's role; unknown ones become system prompts. */
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
   * The name of the source. LibreChat's page shows it on hover; a value that is no agent's id keeps
   * an agent's name and icon off the message.
   */
  public String model;

  public String iconURL;
  public Boolean unfinished;
  public Boolean error;

  @BsonProperty("isTemporary")
  public Boolean temporary;

  /** A date, or BSON's null as LibreChat writes it for a conversation that stays. */
  public BsonValue expiredAt;

  public String tenantId;

  /** False makes LibreChat's search pick the message up. */
  @BsonProperty("_meiliIndex")
  public Boolean meiliIndex;

  public Date createdAt;
  public Date updatedAt;

  @BsonProperty("__v")
  public Integer version;

  /** The name in {@link #metadata} of the mark of a message whose Markdown is escaped. */
  static final String ESCAPED = "textEscaped";

  /** The words as they came in; {@link #text} has their Markdown escaped where it would act. */
  public String originalText() {
    return text == null || !isEscaped() ? text : StrangerMarkdown.unescape(text);
  }

  /** Whether {@link #text} and {@link #content} are not the words as they came in. */
  boolean isEscaped() {
    return metadata != null && Boolean.TRUE.equals(metadata.get(ESCAPED));
  }

  /** Whether it came from outside through us, and was not written in LibreChat. */
  public boolean fromOutside() {
    return metadata != null && "external".equals(metadata.get("role"));
  }
}
