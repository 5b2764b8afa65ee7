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
