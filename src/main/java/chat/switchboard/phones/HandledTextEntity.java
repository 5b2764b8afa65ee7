package chat.switchboard.phones;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** A text that was a code or a command: a repetition of its webhook gets the same answer. */
@MongoEntity(collection = HandledTextEntity.COLLECTION)
@RegisterForReflection
public class HandledTextEntity {

  static final String COLLECTION = "switchboard_phone_texts";

  /** Computed from the account and the SID of the text. */
  @BsonId public String id;

  /** The sender's account, to remove the person's data. */
  public String number;

  /** The answer; missing if the text has none. */
  public String answer;

  /** When the database may forget the text. */
  public Date forgetAt;
}
