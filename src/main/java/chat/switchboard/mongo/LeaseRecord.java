package chat.switchboard.mongo;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** Which replica appends to a conversation, or sends from a number, now. */
@MongoEntity(collection = LeaseRecord.COLLECTION)
public class LeaseRecord extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_leases";

  /** The conversation, number or job that one replica works on at a time. */
  @BsonId public String id;

  /** The fencing token: new each time the lease is taken, so that an old holder matches nothing. */
  public String token;

  /** The replica, for operators. */
  public String owner;

  /** Incremented by the holder at each renewal. */
  public Long beat;

  /** Set by another replica that also wants the lease. */
  public Boolean wanted;

  /**
   * When the holder handed the lease over: the next replica takes it at once. Null while the lease
   * is held.
   */
  public Date handedOverAt;

  /** For operators; no decision uses this date. */
  public Date takenAt;
}
