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
   * Set where the conversation is the thread of a sub-agent: LibreChat shows it for reading only,
   * lists it nowhere, and refuses to write into it.
   */
  public Document subagentThread;

  public List<String> tags;
  public List<String> files;

  @BsonProperty("isTemporary")
  public Boolean temporary;

  /** A date, or BSON's null as LibreChat writes it for a conversation that stays. */
  public BsonValue expiredAt;

  public String tenantId;
  public Date createdAt;
  public Date updatedAt;

  @BsonProperty("__v")
  public Integer version;

  /** Whether the owner has put it away, so that the sidebar does not list it. */
  public boolean putAway() {
    return Boolean.TRUE.equals(archived);
  }

  /** Whether LibreChat lets nobody write into it. */
  public boolean readOnly() {
    return subagentThread != null;
  }
}
