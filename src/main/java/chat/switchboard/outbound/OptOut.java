package chat.switchboard.outbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Date;
import java.util.List;
import org.bson.codecs.pojo.annotations.BsonId;

/** Who does not want to hear from one of our numbers. */
@MongoEntity(collection = OptOut.COLLECTION)
public class OptOut extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_optouts";

  /** Follows from the person and our number; a keyed hash of both where the person is forgotten. */
  @BsonId public String id;

  /** The person; missing where they are to be forgotten. */
  public String phoneNumber;

  /** Our number or messaging service; empty where Twilio did not say which. */
  public String serviceNumber;

  /** False after START. The record stays, so that a STOP that comes again changes nothing. */
  public Boolean optedOut;

  /** What told us so: the word, or Twilio's error code. */
  public String cause;

  public Date at;

  /** The messages that said so, the newest last. */
  public List<String> sids;
}
