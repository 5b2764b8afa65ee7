package chat.switchboard.api;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.bson.types.ObjectId;

/** An action of an operator. */
@MongoEntity(collection = AuditEntity.COLLECTION)
@RegisterForReflection
public class AuditEntity {

  static final String COLLECTION = "switchboard_audit";

  public ObjectId id;
  public Date at;

  /** The name of the key. */
  public String key;

  /** When the database may delete the entry. */
  public Date forgetAt;

  /** The action in a few words, such as "made a hook". */
  public String action;

  /** What the action was about; a phone number only with its middle hidden. */
  public String subject;
}
