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

/** A conversation in LibreChat's {@code conversations}: the fields that we write and read. */
@MongoEntity(collection = "conversations")
public class Conversation extends ReactivePanacheMongoEntityBase {

  @BsonId public ObjectId id;
  public String conversationId;

  /** The owner: the hexadecimal form of {@code users._id}, as a string. */
  public String user;

  public String title;
  public String endpoint;
  public String endpointType;
  public String model;

  @BsonProperty("agent_id")
  public String agentId;

  @BsonProperty("isArchived")
  public Boolean archived;

  /**
   * Set where the conversation is the thread of a sub-agent: LibreChat shows such a conversation
   * read-only, does not list it, and refuses writes.
   */
  public Document subagentThread;

  public List<String> tags;
  public List<String> files;

  @BsonProperty("isTemporary")
  public Boolean temporary;

  /** A date, or BSON null, which LibreChat writes for a conversation without a deadline. */
  public BsonValue expiredAt;

  public String tenantId;
  public Date createdAt;
  public Date updatedAt;

  @BsonProperty("__v")
  public Integer version;

  /** Whether the owner has archived the conversation, so that the sidebar does not list it. */
  public boolean putAway() {
    return Boolean.TRUE.equals(archived);
  }

  /** Whether LibreChat permits no writes into the conversation. */
  public boolean readOnly() {
    return subagentThread != null;
  }
}
