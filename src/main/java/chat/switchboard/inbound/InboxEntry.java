package chat.switchboard.inbound;

import io.quarkus.mongodb.panache.common.MongoEntity;
import io.quarkus.mongodb.panache.reactive.ReactivePanacheMongoEntityBase;
import java.util.Comparator;
import java.util.Date;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.codecs.pojo.annotations.BsonId;

/** A message that is kept until it stands in its conversation, and remembered for a while after. */
@MongoEntity(collection = InboxEntry.COLLECTION)
public class InboxEntry extends ReactivePanacheMongoEntityBase {

  static final String COLLECTION = "switchboard_inbox";

  /** The order of arrival, the same for all replicas: the server's, where it gives one. */
  static final Comparator<InboxEntry> BY_ARRIVAL =
      Comparator.comparing((InboxEntry entry) -> entry.arrival)
          .thenComparing(entry -> entry.receivedAt)
          .thenComparing(entry -> entry.sequence)
          .thenComparing(entry -> entry.id);

  /** Follows from the key that makes a message the same when it comes again. */
  @BsonId public String id;

  /** Follows from the content, to tell a repeat from another message under the same key. */
  public String fingerprint;

  public State state;

  /** The message itself; taken away when it stands in its conversation. */
  public Document envelope;

  /** The person who wrote, and to which number: their messages keep their order. */
  public String sender;

  /** The person alone, to forget them. */
  public String phoneNumber;

  /**
   * Written as zero, which the server replaces with a time of its own that only goes up; a server
   * that does not leaves it, and the next two decide.
   */
  public BsonTimestamp arrival;

  public Date receivedAt;

  /** Counts up within one process. */
  public Long sequence;

  /** The conversation, once it is known: a repeat goes nowhere else. */
  public String lane;

  /** The conversation's owner. */
  public String user;

  public String messageId;

  /** Whether LibreChat's agent is to answer it, as was decided when it came. */
  public Boolean toBeAnswered;

  public String mappingId;
  public Boolean mappingCreated;

  /** Tries after the first. */
  public Integer attempts;

  /** When the next try is due, should nobody have appended it by then. */
  public Date nextAttemptAt;

  /** Why the last try failed, in one sentence. */
  public String error;

  /** When the database may forget it; only what is appended has one. */
  public Date forgetAt;

  /** How far a message has come. */
  public enum State {
    /** It is kept here. */
    RECEIVED,
    /** It stands in the conversation. */
    APPENDED,
    /** It can never be appended as things are; a person may requeue or drop it. */
    DEAD
  }
}
