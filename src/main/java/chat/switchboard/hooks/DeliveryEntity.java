package chat.switchboard.hooks;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Date;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** One webhook that came to a hook. */
@MongoEntity(collection = DeliveryEntity.COLLECTION)
@RegisterForReflection
public class DeliveryEntity {

  static final String COLLECTION = "switchboard_deliveries";

  /** Follows from the hook and the provider's ID, see {@link HookKeys#delivery}. */
  @BsonId public String id;

  public String hook;
  public String deliveryId;
  public String event;

  /** The name of a {@link DeliveryState}. */
  public String state;

  /** Why the delivery is in this state, in one sentence. */
  public String reason;

  /** The headers without secrets. */
  public Document headers;

  /** The raw body; missing once the hook is over its bound. */
  public byte[] body;

  /** The size of the raw body in bytes. */
  public Integer bytes;

  /** The address of the conversation in the mappings. */
  public String thread;

  /** The digest that has the text of the delivery. */
  public String digestId;

  public String title;
  public String text;
  public String conversationId;
  public String messageId;
  public Date receivedAt;

  /** When the next attempt is due, if the delivery is not processed by then. */
  public Date nextAttemptAt;

  /** Attempts after the first. */
  public Integer attempts;

  /** When the database may forget the delivery. */
  public Date forgetAt;
}
