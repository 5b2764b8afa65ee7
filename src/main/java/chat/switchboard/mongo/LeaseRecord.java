package chat.switchboard.mongo;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** Which replica appends to a conversation, or sends from a number, now. */
@MongoEntity(collection = LeaseRecord.COLLECTION)
public class LeaseRecord extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_leases";

  /** The conversation, or what else only one may work on. */
  @BsonId public String id;

  /** The fencing token: new each time the lease is taken, so that an old holder matches nothing. */
  public String token;

  /** The replica, for whoever looks at it. */
  public String owner;

  /** Counted up by the holder while it lives. */
  public Long beat;

  /** Set by another replica that has something to append as well. */
  public Boolean wanted;

  /** For whoever looks at it; nothing is decided by this date. */
  public Date takenAt;
}
