package chat.switchboard.address;

import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** A WhatsApp user ID and the number that Twilio has named beside it: one person. */
@MongoEntity(collection = UserIdTie.COLLECTION)
public class UserIdTie {

  static final String COLLECTION = "switchboard_user_ids";

  /** The user ID as an address: {@code whatsapp:US.13491208655302741918}. */
  @BsonId public String id;

  /** The number as an address, in the most recent spelling. */
  public String phoneNumber;

  /** The number's account, which is the same for both spellings. */
  public String account;

  /** When the database may forget the tie. */
  public Date forgetAt;
}
