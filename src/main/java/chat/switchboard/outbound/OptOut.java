package chat.switchboard.outbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Date;
import java.util.List;
import org.bson.codecs.pojo.annotations.BsonId;

/** The opt-out of a person from the texts of a service number. */
@MongoEntity(collection = OptOut.COLLECTION)
public class OptOut {

  static final String COLLECTION = "switchboard_optouts";

  /**
   * Computed from the person and the service number; a keyed hash of both if the person's data was
   * removed.
   */
  @BsonId public String id;

  /** The person; missing if the person's data was removed. */
  public String phoneNumber;

  /** The service number or messaging service; empty if Twilio did not name the number. */
  public String serviceNumber;

  /** False after START. The record stays, so that a repeated STOP webhook changes nothing. */
  public Boolean optedOut;

  /** The source of the opt-out: the keyword, or Twilio's error code. */
  public String cause;

  public Date at;

  /** The SIDs of the messages with the keyword, the newest last. */
  public List<String> sids;
}
