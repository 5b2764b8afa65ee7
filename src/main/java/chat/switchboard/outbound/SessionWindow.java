package chat.switchboard.outbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** When a person on WhatsApp has last written to a service number. */
@MongoEntity(collection = SessionWindow.COLLECTION)
public class SessionWindow {

  static final String COLLECTION = "switchboard_windows";

  /** The account of the person and the service number, without its scheme. */
  @BsonId public String id;

  /** The account of the person, which is the same for both spellings of a number. */
  public String account;

  /** The arrival of the person's last message; missing if Switchboard has seen none. */
  public Date writtenAt;

  /** The time of the last text that WhatsApp refused because the window was closed. */
  public Date refusedAt;

  /** When the database may forget the record. */
  public Date forgetAt;
}
