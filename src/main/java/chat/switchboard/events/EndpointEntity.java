package chat.switchboard.events;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** The health of a receiver. */
@MongoEntity(collection = EndpointEntity.COLLECTION)
@RegisterForReflection
public class EndpointEntity {

  static final String COLLECTION = "switchboard_event_endpoints";

  /** The name of the receiver. */
  @BsonId public String id;

  /** The address and the secrets that the rest is about, as {@link EventEndpoint#fingerprint}. */
  public String fingerprint;

  /** The first failure since the last success. */
  public Date failingSince;

  /** Since when the receiver is switched off. */
  public Date offSince;

  /** The last failure, in one sentence. */
  public String cause;
}
