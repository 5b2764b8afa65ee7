package chat.switchboard.librechat;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;
import org.bson.types.ObjectId;

/** A user in LibreChat's {@code users}; Switchboard only reads users. */
@MongoEntity(collection = "users")
public class User extends ReactivePanacheMongoEntityBase {

  @BsonId public ObjectId id;
  public String email;

  /** The name that the page shows. */
  public String name;

  public String tenantId;

  /** Set while LibreChat deletes the user. */
  public Date agentTriggerDeletionStartedAt;

  boolean isBeingDeleted() {
    return agentTriggerDeletionStartedAt != null;
  }
}
