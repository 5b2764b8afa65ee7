package chat.switchboard.phones;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** A code that links a phone to a user. */
@MongoEntity(collection = PhoneCodeEntity.COLLECTION)
@RegisterForReflection
public class PhoneCodeEntity {

  static final String COLLECTION = "switchboard_phone_codes";

  /** The hash of the code, under a key that is not in the database. */
  @BsonId public String id;

  /** The user who asked for the code. */
  public String user;

  public Date createdAt;
  public Date expiresAt;

  /** The account that spent the code; missing while the code is unspent. */
  public String spentBy;

  /** The id of the text that spent the code. */
  public String spentSid;

  public Date spentAt;

  /** When the database may forget the code. */
  public Date forgetAt;
}
