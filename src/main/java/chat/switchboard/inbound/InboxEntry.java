package chat.switchboard.inbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Date;
import org.bson.codecs.pojo.annotations.BsonId;

/** What we know of a message that carries a key: it is there once, whoever brings it again. */
@MongoEntity(collection = InboxEntry.COLLECTION)
public class InboxEntry extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_inbox";

  /** Follows from the key. */
  @BsonId public String id;

  /** Follows from the content, to tell a repeat from another message under the same key. */
  public String fingerprint;

  public State state;

  /** The conversation, once it is known: a repeat goes nowhere else. */
  public String lane;

  /** The conversation's owner. */
  public String user;

  public String messageId;
  public String mappingId;
  public Boolean mappingCreated;
  public Date receivedAt;

  /** How far a message has come. */
  public enum State {
    /** It is kept here. */
    RECEIVED,
    /** It stands in the conversation. */
    APPENDED
  }
}
