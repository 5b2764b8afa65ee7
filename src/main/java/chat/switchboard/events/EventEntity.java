package chat.switchboard.events;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** An event that waits for one receiver, or has ended. */
@MongoEntity(collection = EventEntity.COLLECTION)
@RegisterForReflection
public class EventEntity {

  static final String COLLECTION = "switchboard_events";

  /** The receiver and the event: the same event is kept once for each receiver. */
  @BsonId public String id;

  public String endpoint;

  /** The id that the receiver sees, the same at each attempt. */
  public String eventId;

  public String type;

  /** Events of one lane are sent in their order: the conversation's id, or the event's own. */
  public String lane;

  /** The JSON that is sent. */
  public String body;

  /** The name of an {@link EventState}. */
  public String state;

  public Integer attempts;

  /** Only while the event waits. */
  public Date nextAttemptAt;

  public Date createdAt;

  /** A counter within one process, for events of one millisecond. */
  public Long sequence;

  /** Why the last attempt failed, in one sentence. */
  public String cause;

  /** When the database may delete the event. */
  public Date forgetAt;
}
